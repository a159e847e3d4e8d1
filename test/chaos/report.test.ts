import assert from 'node:assert/strict';
import { report, totalHarm } from './support/tally.ts';

/** Mocha runs the files in the order they are given: this one is last. */
describe('chaos: what came of it', () => {
  it('no job lost, doubled, misreported or orphaned', () => {
    report();
    const { harm, tried, details } = totalHarm();
    assert.ok(tried > 0);
    assert.equal(harm, 0, details.join('\n'));
  });
});
