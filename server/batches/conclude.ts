import type { BatchState } from '../protocol/batch.ts';
import { explain } from './explain.ts';

/** What is known of a batch whose processes are gone. */
export interface End {
  /** What the wrapper wrote down; undefined when nothing did. */
  exitCode: number | undefined;
  killRequested: boolean;
  tails: { stdout: string; stderr: string };
}

/** The final state, and why. A program that ended by itself with 0 was a success even if someone was about to kill it. */
export function conclude(end: End): { state: BatchState; reason: string; exitCode?: number } {
  const { exitCode } = end;
  const code = exitCode === undefined ? {} : { exitCode };
  if (exitCode === 0) return { state: 'success', reason: 'exit code 0', ...code };
  if (end.killRequested) return { state: 'killed', reason: 'killed on request', ...code };
  if (exitCode === undefined) {
    return {
      state: 'dead',
      reason:
        'Its processes are gone and left no exit code: the machine was restarted, or something ended them all with SIGKILL.',
    };
  }
  return { state: 'dead', reason: explain({ exitCode }, end.tails), ...code };
}
