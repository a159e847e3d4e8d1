import type { BatchProgress, TaskCounts } from '../../protocol/batch.ts';

/** The progress of a program's latest application, with what those before it did. */
export function withEarlier(latest: BatchProgress, earlier: readonly BatchProgress[]): BatchProgress {
  if (earlier.length === 0) return latest;
  const all = [...earlier, latest];
  const jobs = all.flatMap(({ appId, jobs }) =>
    jobs.map(job => (appId === undefined ? job : { ...job, appId })),
  );
  const sum = (count: (tasks: TaskCounts) => number): number =>
    all.reduce((total, { tasks }) => total + count(tasks), 0);
  return {
    ...latest,
    appIds: all.flatMap(({ appId }) => appId ?? []),
    tasks: {
      total: sum(tasks => tasks.total),
      active: sum(tasks => tasks.active),
      completed: sum(tasks => tasks.completed),
      failed: sum(tasks => tasks.failed),
    },
    // As many as are kept of one application, see ProgressModel.
    jobs: jobs.slice(-1000),
  };
}
