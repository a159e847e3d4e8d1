import type { BatchProgress, StageProgress, TaskCounts } from '../../../../server/protocol/batch.ts';

/** Progress as text, a line each for the whole, a job and a stage: to be compared in tests. */
export function showProgress(progress: BatchProgress): string[] {
  const executors = `${progress.executors} executor${progress.executors === 1 ? '' : 's'}`;
  return [
    `${show(progress.tasks)}; ${executors}${progress.waitingForResources ? ', waits' : ''}`,
    ...progress.jobs.flatMap(job => [
      `job ${job.id} ${job.state}: ${job.name}, ${show(job.tasks)}`,
      ...job.stages.map(showStage),
    ]),
  ];
}

function showStage(stage: StageProgress): string {
  const number = stage.attempt === 0 ? `${stage.id}` : `${stage.id}.${stage.attempt}`;
  const failure = stage.failure === undefined ? '' : ` (${stage.failure.split('\n')[0]})`;
  return `  stage ${number} ${stage.state} ${show(stage.tasks)}${failure}`;
}

const show = ({ total, active, completed, failed }: TaskCounts): string =>
  `${completed}/${total} done, ${active} active, ${failed} failed`;
