import type { Hint } from '../../protocol/metrics.ts';
import { costliest, doneStages, type DoneStage, type FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { capitalised, counted, duration, size, stageName } from './wording.ts';

const { stageTime, small } = thresholds;

/** A stage reads its input in many small pieces: each is opened, listed and scheduled for little data. */
export const smallFiles: FindHints = measured =>
  costliest(doneStages(measured).filter(readsSmallPieces), stage => stage.took).map(hint);

function readsSmallPieces({ took, tasks, metrics }: DoneStage): boolean {
  return (
    took >= stageTime &&
    tasks.total >= small.tasks &&
    metrics.inputBytes > 0 &&
    metrics.inputBytes < small.bytes * tasks.total &&
    (metrics.duration?.median ?? Infinity) <= small.fileTaskTime
  );
}

function hint(stage: DoneStage): Hint {
  const { id, tasks, metrics, took } = stage;
  const perTask = metrics.inputBytes / tasks.total;
  const median = metrics.duration?.median ?? 0;
  return {
    kind: 'small-files',
    title: `${capitalised(stageName(stage))} read its input in ${counted(tasks.total, 'small piece')}`,
    detail:
      `It read ${size(metrics.inputBytes)} in ${counted(tasks.total, 'task')}, ${size(perTask)} and ${duration(median)} each, and took ${duration(took)}. ` +
      'That is typical of many small files: have them written in fewer and larger ones, read them with spark.read, which puts small files together, or coalesce() after reading.',
    stageId: id,
    figures: {
      tasks: tasks.total,
      stageTime: took,
      inputBytes: metrics.inputBytes,
      bytesPerTask: Math.round(perTask),
      medianTaskTime: median,
    },
  };
}
