import assert from 'node:assert/strict';
import { Value } from 'typebox/value';
import { methods, type Method, type Result } from '../../../server/protocol/methods.ts';
import type { Batch } from '../../../server/protocol/batch.ts';
import { Backend, type SessionHandlers } from '../../../src/backend/backend.ts';
import { Deck } from '../../../src/deck/deck.ts';
import { batch } from './samples.ts';

function isResult<M extends Method>(method: M, value: unknown): value is Result<M> {
  return Value.Check(methods[method].result, value);
}

/** The answers are there at once, so nothing is under way any more after a turn of the event loop. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('the deck', () => {
  it('reads the places of what waits again when they have changed', async () => {
    let waiting: Batch[] = [
      batch({ id: 2, state: 'not_started', queuePosition: 2 }),
      batch({ id: 1, state: 'not_started', queuePosition: 1 }),
    ];
    let handlers: SessionHandlers | undefined;
    const answer = (method: Method): unknown => {
      if (method === 'batch/list') return { revision: 1, total: waiting.length, batches: waiting };
      return method === 'cluster/list' ? { revision: 1, clusters: [] } : {};
    };
    const backend = new Backend(
      async given => {
        handlers = given;
        return {
          closed: new Promise(() => undefined),
          close: () => undefined,
          request: async <M extends Method>(method: M): Promise<Result<M>> => {
            const result = answer(method);
            assert.ok(isResult(method, result));
            return result;
          },
        };
      },
      () => true,
    );
    const deck = new Deck(backend);
    await deck.refresh();
    await settled();
    waiting = waiting.map(each => ({ ...each, queuePosition: 3 - each.id }));
    handlers?.changed({ revision: 2, topic: 'queue', id: 0 });
    await settled();
    assert.deepEqual(
      deck.batches.map(({ queuePosition }) => queuePosition),
      [1, 2],
    );
    backend.dispose();
  });
});
