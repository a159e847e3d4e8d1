import { SparkdeckError } from '../../protocol/errors.ts';

/**
 * What ends a request from outside: its client goes, the backend leaves, its token is revoked. The signal is made when it is
 * first asked for: most requests are answered before anything waits for one.
 */
export class RequestEnd {
  readonly #leaving: AbortSignal;
  #revoked: AbortSignal | undefined;
  #isClosed = false;
  #over: AbortController | undefined;
  #stop: readonly (() => void)[] = [];

  constructor(leaving: AbortSignal) {
    this.#leaving = leaving;
  }

  /** From now on it ends with its token too. Called before anybody asks for the signal. */
  endWith(revoked: AbortSignal): void {
    this.#revoked = revoked;
  }

  get signal(): AbortSignal {
    return (this.#over ?? this.#begin()).signal;
  }

  /** The connection was closed, or everything was sent. */
  close(): void {
    this.#isClosed = true;
    for (const each of this.#stop) each();
    this.#over?.abort(wentAway());
  }

  #begin(): AbortController {
    const over = new AbortController();
    this.#over = over;
    if (this.#isClosed) {
      over.abort(wentAway());
      return over;
    }
    const revoked = this.#revoked;
    this.#stop = [
      onAbort(this.#leaving, () => over.abort(left())),
      ...(revoked ? [onAbort(revoked, () => over.abort(revoked.reason))] : []),
    ];
    return over;
  }
}

export function wentAway(): SparkdeckError {
  return new SparkdeckError('request.cancelled', 'The client went.');
}

export function left(): SparkdeckError {
  return new SparkdeckError('backend.leaving', 'The backend is about to leave. Ask again in a moment.');
}

/** AbortSignal.any would keep something of each request at a signal that lives as long as the backend. */
function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) act();
  signal.addEventListener('abort', act);
  return () => signal.removeEventListener('abort', act);
}
