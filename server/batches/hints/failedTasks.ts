import type { Hint } from '../../protocol/metrics.ts';
import { costliest, doneStages, type DoneStage, type FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { capitalised, counted, duration, percent, stageName } from './wording.ts';

/** A stage succeeded after tasks had failed and were run again. Why a job failed for good is told by its reason. */
export const failedTasks: FindHints = measured =>
  costliest(
    doneStages(measured).filter(({ metrics }) => metrics.failedTime >= thresholds.failedTime),
    stage => stage.metrics.failedTime,
  ).map(hint);

function hint(stage: DoneStage): Hint {
  const { id, tasks, metrics } = stage;
  return {
    kind: 'failed-tasks',
    title: `${counted(tasks.failed, 'task')} of stage ${id} failed on the way`,
    detail:
      `${capitalised(stageName(stage))} succeeded, but ${counted(tasks.failed, 'attempt')} at its ${counted(tasks.total, 'task')} failed after ${duration(metrics.failedTime)} in all, ${percent(metrics.failedTime / Math.max(1, metrics.taskTime))} of its task time. ` +
      'The exceptions are in the Spark log and on the stage’s web page; a task that fails spark.task.maxFailures times ends the job.',
    stageId: id,
    figures: {
      tasks: tasks.total,
      failed: tasks.failed,
      failedTime: metrics.failedTime,
      taskTime: metrics.taskTime,
    },
  };
}
