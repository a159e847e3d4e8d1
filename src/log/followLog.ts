import { setTimeout as delay } from 'node:timers/promises';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import type { LogPosition, LogReadParams, LogReadResult } from '../../server/protocol/log.ts';

export interface FollowOptions {
  id: number;
  /** Bytes of each file to begin with, from its end. */
  tail: number;
  signal: AbortSignal;
  /** Milliseconds before an unreachable backend is asked again. */
  pause?: number;
}

/** Asks the backend: log/read. */
export type ReadLog = (params: LogReadParams, signal: AbortSignal) => Promise<LogReadResult>;

/** How many times in a row the backend may be away before following gives up. */
const patience = 20;

/**
 * A batch's output as it grows, until the batch has ended and all has been read, or `signal` says stop. A backend that
 * is started again meanwhile is asked for what comes after the last byte that was read. Throws SparkdeckError.
 */
export async function* followLog(readLog: ReadLog, options: FollowOptions): AsyncGenerator<LogReadResult> {
  const { id, tail, signal, pause = 1_000 } = options;
  let from: LogPosition | undefined;
  for (let failures = 0; !signal.aborted;) {
    let read: LogReadResult;
    try {
      read = await readLog({ id, wait: true, ...(from ? { from } : { tail }) }, signal);
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      if (!isLost(error) || failures > patience) throw error;
      await delay(pause, undefined, { signal }).catch(() => undefined);
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
