import type { BatchProgress, StageProgress } from '../../protocol/batch.ts';
import type { ApplicationMetrics, Executor, Hint, StageMetrics } from '../../protocol/metrics.ts';
import { thresholds } from './thresholds.ts';

/** What hints are concluded from. */
export interface Measured {
  progress: BatchProgress;
  metrics: ApplicationMetrics;
  executors: readonly Executor[];
}

/** Looks for hints of one kind. */
export type FindHints = (measured: Measured) => Hint[];

/** An attempt of a stage that is done. */
export interface DoneStage extends StageProgress {
  startedAt: number;
  endedAt: number;
  metrics: StageMetrics;
  /** Milliseconds. */
  took: number;
}

/** The stage attempts that succeeded, in the order they began; one that two jobs share is there once. */
export function doneStages({ progress }: Measured): DoneStage[] {
  const done = new Map<string, DoneStage>();
  for (const stage of progress.jobs.flatMap(job => job.stages)) {
    const { id, attempt, state, metrics, startedAt, endedAt } = stage;
    if (state !== 'complete' || !metrics || startedAt === undefined || endedAt === undefined) continue;
    done.set(`${id}.${attempt}`, { ...stage, metrics, startedAt, endedAt, took: endedAt - startedAt });
  }
  return [...done.values()].toSorted((a, b) => a.startedAt - b.startedAt);
}

/** The stages that cost most, in the order they ran; only as many as are worth telling. */
export function costliest(stages: readonly DoneStage[], cost: (stage: DoneStage) => number): DoneStage[] {
  return stages
    .toSorted((a, b) => cost(b) - cost(a))
    .slice(0, thresholds.stagesTold)
    .toSorted((a, b) => a.startedAt - b.startedAt);
}
