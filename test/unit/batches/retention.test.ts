import assert from 'node:assert/strict';
import { outdated } from '../../../server/batches/retention.ts';

const day = 24 * 60 * 60 * 1000;
const hour = day / 24;
const now = 1000 * day;
/** Oldest first: ids 1 to 5, each a day younger and ten bytes. */
const ended = [1, 2, 3, 4, 5].map((id, index) => ({
  id,
  bytes: 10,
  endedAt: now - (4 - index) * day - hour,
}));
const sum = { count: 5, bytes: 50 };

describe('batches/retention', () => {
  it('keeps everything without a policy', () => assert.deepEqual(outdated(ended, sum, {}, now), []));
  it('keeps the newest by count', () =>
    assert.deepEqual(outdated(ended, sum, { keepCount: 2 }, now), [1, 2, 3]));
  it('keeps none when told so', () =>
    assert.deepEqual(outdated(ended, sum, { keepCount: 0 }, now), [1, 2, 3, 4, 5]));
  it('keeps by age', () => assert.deepEqual(outdated(ended, sum, { keepDays: 2.5 }, now), [1, 2]));
  it('keeps by size, the newest first', () =>
    assert.deepEqual(outdated(ended, sum, { keepBytes: 35 }, now), [1, 2]));
  it('takes the strictest of several', () =>
    assert.deepEqual(outdated(ended, sum, { keepBytes: 45, keepDays: 1.5, keepCount: 4 }, now), [1, 2, 3]));
  it('reads no further than it lets go, and lets go so many at once', () => {
    const read: number[] = [];
    function* one(): Generator<(typeof ended)[number]> {
      for (const batch of ended) {
        read.push(batch.id);
        yield batch;
      }
    }
    assert.deepEqual(outdated(one(), sum, { keepCount: 4 }, now), [1]);
    assert.deepEqual(read, [1, 2]);
    assert.deepEqual(outdated(one(), sum, { keepCount: 0 }, now, 2), [1, 2]);
  });
  it('lets nothing go that has only just ended', () =>
    assert.deepEqual(
      outdated(
        [...ended, { id: 9, bytes: 99, endedAt: now - 1000 }],
        { count: 6, bytes: 149 },
        { keepCount: 0 },
        now,
      ),
      [1, 2, 3, 4, 5],
    ));
});
