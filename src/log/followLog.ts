import { setTimeout as delay } from 'node:timers/promises';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import type { LogPosition, LogReadResult, Stream } from '../../server/protocol/log.ts';
import type { Requester } from '../backend/backend.ts';

export interface FollowOptions {
  id: number;
  streams: Stream[];
  /** Bytes of each file to begin with, from its end. */
  tail: number;
  signal: AbortSignal;
}

/** How many times in a row the backend may be away before following gives up, and the milliseconds between. */
const patience = { attempts: 20, pause: 1_000 };

/**
 * A batch's output as it grows, until the batch has ended and all has been read, or `signal` says stop. A backend that
 * is started again meanwhile is asked for what comes after the last byte that was read. Throws SparkdeckError.
 */
export async function* followLog(backend: Requester, options: FollowOptions): AsyncGenerator<LogReadResult> {
  const { id, streams, tail, signal } = options;
  let from: LogPosition | undefined;
  for (let failures = 0; !signal.aborted;) {
    let read: LogReadResult;
    try {
      read = await backend.request(
        'log/read',
        { id, streams, wait: true, ...(from ? { from } : { tail }) },
        signal,
      );
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      if (!isLost(error) || failures > patience.attempts) throw error;
      await delay(patience.pause, undefined, { signal }).catch(() => undefined);
      continue;
    }
    failures = 0;
    from = read.next;
    yield read;
    if (read.ended) return;
  }
}

function isLost(error: unknown): boolean {
  return error instanceof SparkdeckError && error.code === 'backend.unreachable';
}
