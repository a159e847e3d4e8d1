import assert from 'node:assert/strict';
import { formatDuration, formatTime } from '../../../../server/api/cli/format/time.ts';

describe('formatDuration', () => {
  const cases: [milliseconds: number, text: string][] = [
    [-5, '0.0 s'],
    [0, '0.0 s'],
    [449, '0.4 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_000, '59 min 59 s'],
    [3_599_600, '1 h 00 min'],
    [7_380_000, '2 h 03 min'],
    [90_000_000, '25 h 00 min'],
  ];
  for (const [milliseconds, text] of cases) {
    it(`says ${text} for ${milliseconds} ms`, () => assert.equal(formatDuration(milliseconds), text));
  }
});

describe('formatTime', () => {
  it('pads every part', () => {
    assert.equal(formatTime(new Date(2026, 0, 2, 3, 4, 5).getTime()), '2026-01-02 03:04:05');
  });
});
