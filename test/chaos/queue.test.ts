import assert from 'node:assert/strict';
import type { Batch, BatchState } from '../../server/protocol/batch.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { ChaosBackend } from './support/chaosBackend.ts';

const all = 20;

describe('chaos: twenty submits at once', function () {
  this.timeout(30 * 60_000);
  let backend: ChaosBackend;

  before(async function () {
    this.timeout(installTimeout);
    backend = await ChaosBackend.make();
    await backend.request('settings/set', { maxRunning: 2, warmDrivers: 0 });
  });
  after(async () => backend.stop());

  const startOf = (batch: Batch): number =>
    batch.transitions.find(({ state }) => state === 'starting')?.at ?? Infinity;

  it('wait in order, show their place, can be moved and cancelled, and run two at a time, also over a crash', async () => {
    const keys = Array.from({ length: all }, () => backend.newKey());
    const submitted = await Promise.all(keys.map(key => backend.submit(key, {})));
    const ids = submitted.map(({ id }) => id);
    assert.equal(new Set(ids).size, all);
    const keyOf = new Map(submitted.map(({ id }, index) => [id, keys[index] ?? '']));
    const inOrder = ids.toSorted((a, b) => a - b);

    const { batches } = await backend.request('batch/list', { states: ['not_started'] });
    const waiting = batches.toSorted((a, b) => (a.queuePosition ?? 0) - (b.queuePosition ?? 0));
    assert.ok(waiting.length >= all - 4, 'most of them wait');
    assert.deepEqual(
      waiting.map(({ queuePosition }) => queuePosition),
      waiting.map((_, index) => index + 1),
    );
    assert.deepEqual(
      waiting.map(({ id }) => id),
      inOrder.slice(-waiting.length),
    );

    const favoured = inOrder.at(-1) ?? 0;
    const cancelled = inOrder.at(-2) ?? 0;
    assert.equal((await backend.request('batch/move', { id: favoured, position: 1 })).queuePosition, 1);
    assert.equal((await backend.request('batch/kill', { id: cancelled })).state, 'killed');
    await backend.crash();

    const ended: Batch[] = [];
    for (const id of inOrder) {
      const expected: BatchState[] = id === cancelled ? ['killed'] : ['success'];
      const batch = await backend.judge('twenty submits at once', keyOf.get(id) ?? '', id, expected, [
        id === cancelled ? 0 : 1,
      ]);
      if (batch) ended.push(batch);
    }
    assert.equal(atOnce(ended), 2);
    const order = ended
      .filter(({ id }) => id !== cancelled)
      .toSorted((a, b) => startOf(a) - startOf(b))
      .map(({ id }) => id);
    const others = order.filter(id => id !== favoured);
    assert.deepEqual(
      others,
      others.toSorted((a, b) => a - b),
      'first come, first served',
    );
    assert.ok(order.indexOf(favoured) < all / 2, 'the favoured one was moved forward');
  });
});

/** The greatest number of batches between start and end at one moment. */
function atOnce(batches: readonly Batch[]): number {
  const steps = batches.flatMap(({ transitions }) => {
    const begin = transitions.find(({ state }) => state === 'starting')?.at;
    const end = transitions.at(-1)?.at;
    return begin === undefined || end === undefined ? [] : [[begin, 1] as const, [end, -1] as const];
  });
  let now = 0;
  let most = 0;
  // An end before a start at the same millisecond: the one made room for the other.
  for (const [, step] of steps.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]))
    most = Math.max(most, (now += step));
  return most;
}
