import type { BatchState } from '../protocol/batch.ts';
import { explain } from './explain.ts';
import type { DriverError } from './tracebacks/driverError.ts';
import type { SourceFiles } from './sourceFiles.ts';

/** What is known of a batch whose processes are gone. */
export interface End {
  /** What the wrapper wrote down; undefined when nothing did. */
  exitCode: number | undefined;
  killRequested: boolean;
  tails: { stdout: string; stderr: string };
  /** What its Python driver reported, see `explain`. */
  reported?: readonly DriverError[] | undefined;
  /** Jobs that its event log leaves unfinished. */
  unfinishedJobs: readonly number[];
  /** What the cluster says of the application: RUNNING, FINISHED, FAILED, KILLED; undefined when it says nothing. */
  clusterState: string | undefined;
  /** The files that tracebacks name. */
  sources: SourceFiles;
}

/**
 * The final state, and why. Exit code, event log and cluster have to agree on a success; where they don't, the batch is
 * dead and the reason names the disagreement. A program that ended with 0 before a kill reached it was a success.
 */
export function conclude(end: End): { state: BatchState; reason: string; exitCode?: number } {
  const { exitCode } = end;
  const code = exitCode === undefined ? {} : { exitCode };
  const doubt = exitCode === 0 ? doubtOfSuccess(end) : undefined;
  if (exitCode === 0 && !doubt) return { state: 'success', reason: 'exit code 0', ...code };
  if (end.killRequested) return { state: 'killed', reason: 'killed on request', ...code };
  if (doubt) return { state: 'dead', reason: `Exit code 0, but ${doubt}`, ...code };
  return { state: 'dead', reason: explain({ exitCode }, end.tails, end.sources, end.reported), ...code };
}

function doubtOfSuccess({ clusterState, unfinishedJobs }: End): string | undefined {
  if (clusterState === 'FAILED' || clusterState === 'KILLED') {
    return `the cluster's master says that the application ${clusterState === 'FAILED' ? 'failed' : 'was killed'}.`;
  }
  if (unfinishedJobs.length > 0) {
    const jobs =
      unfinishedJobs.length === 1 ? `job ${unfinishedJobs[0]}` : `jobs ${unfinishedJobs.join(', ')}`;
    return `its event log breaks off in the middle of ${jobs}: the driver ended without stopping its SparkContext.`;
  }
  return undefined;
}
