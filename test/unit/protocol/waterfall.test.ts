import assert from 'node:assert/strict';
import { waterfall } from '../../../server/protocol/waterfall.ts';

describe('protocol/waterfall', () => {
  it('gives each step its time and its part of the width', () => {
    const rows = waterfall(
      [
        { step: 'accepted', at: 1000 },
        { step: 'launched', at: 1001 },
        { step: 'submitted', at: 1500 },
        { step: 'exit', at: 2000 },
        { step: 'told', at: 2000 },
      ],
      10,
    );
    assert.deepEqual(
      rows.map(({ step, since, took, bar }) => [step, since, took, bar]),
      [
        ['accepted', 0, undefined, ''],
        ['launched', 1, 1, '▏'],
        ['submitted', 500, 499, '█████'],
        ['exit', 1000, 500, '     █████'],
        ['told', 1000, 0, '         ▏'],
      ],
    );
  });

  it('has nothing to divide when all came at once, or nothing came', () => {
    const at = 5;
    assert.deepEqual(
      waterfall(
        [
          { step: 'accepted', at },
          { step: 'told', at },
        ],
        10,
      ).map(({ bar }) => bar),
      ['', '▏'],
    );
    assert.deepEqual(waterfall([], 10), []);
  });
});
