import assert from 'node:assert/strict';
import { outdated } from '../../../server/batches/retention.ts';

const day = 24 * 60 * 60 * 1000;
const hour = day / 24;
const now = 1000 * day;
/** Newest first: ids 5 to 1, each a day older and ten bytes. */
const ended = [5, 4, 3, 2, 1].map((id, index) => ({ id, bytes: 10, endedAt: now - index * day - hour }));

describe('batches/retention', () => {
  it('keeps everything without a policy', () => assert.deepEqual(outdated(ended, {}, now), []));
  it('keeps the newest by count', () => assert.deepEqual(outdated(ended, { keepCount: 2 }, now), [3, 2, 1]));
  it('keeps none when told so', () =>
    assert.deepEqual(outdated(ended, { keepCount: 0 }, now), [5, 4, 3, 2, 1]));
  it('keeps by age', () => assert.deepEqual(outdated(ended, { keepDays: 2.5 }, now), [2, 1]));
  it('keeps by size, the newest first', () =>
    assert.deepEqual(outdated(ended, { keepBytes: 35 }, now), [2, 1]));
  it('takes the strictest of several', () =>
    assert.deepEqual(outdated(ended, { keepBytes: 45, keepDays: 1.5, keepCount: 4 }, now), [3, 2, 1]));
  it('lets nothing go that has only just ended', () =>
    assert.deepEqual(
      outdated([{ id: 9, bytes: 99, endedAt: now - 1000 }, ...ended], { keepCount: 0 }, now),
      [5, 4, 3, 2, 1],
    ));
});
