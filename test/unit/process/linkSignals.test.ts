import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { linkSignals } from '../../../server/process/linkSignals.ts';

describe('linkSignals', () => {
  it('aborts with the first that aborts, for its reason', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const { signal } = linkSignals(one.signal, undefined, other.signal);
    assert.equal(signal.aborted, false);
    other.abort('the other');
    one.abort('the one');
    assert.deepEqual([signal.aborted, signal.reason], [true, 'the other']);
  });

  it('is aborted at once with one that is', () => {
    const { signal } = linkSignals(new AbortController().signal, AbortSignal.abort('before'));
    assert.deepEqual([signal.aborted, signal.reason], [true, 'before']);
  });

  it('leaves nothing behind once it is unlinked', () => {
    const long = new AbortController();
    const { signal, unlink } = linkSignals(long.signal);
    assert.equal(getEventListeners(long.signal, 'abort').length, 1);
    unlink();
    assert.equal(getEventListeners(long.signal, 'abort').length, 0);
    long.abort();
    assert.equal(signal.aborted, false);
  });
});
