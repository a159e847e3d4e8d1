import type { BatchProgress, JobProgress, StageProgress, TaskCounts } from '../../protocol/batch.ts';
import type { LiveJob, LiveProgress, LiveStage } from './driverApi.ts';

/**
 * Lays what the driver says now over what the event log says, which is flushed only when a job or a stage begins or
 * ends. What has ended by the log stays as it is there: the driver was perhaps asked before.
 */
export function mergeLive(snapshot: BatchProgress, live: LiveProgress): BatchProgress {
  const stages = new Map(live.stages.map(stage => [key(stage.stageId, stage.attemptId), stage]));
  const known = new Set(snapshot.jobs.map(job => job.id));
  const jobs = snapshot.jobs.map(job => (job.state === 'running' ? mergeJob(job, stages) : job));
  // Without a log that can be read, the driver's word is all there is.
  for (const job of live.jobs) if (!known.has(job.jobId)) jobs.push(jobOf(job, live.stages));
  const waits = live.stages.some(
    stage => stage.numActiveTasks === 0 && stage.numCompleteTasks < stage.numTasks,
  );
  return {
    ...snapshot,
    executors: live.executors,
    waitingForResources: waits && live.executors === 0 && !live.driverRunsTasks,
    tasks: shift(snapshot.tasks, distinctStages(snapshot.jobs), distinctStages(jobs)),
    jobs,
  };
}

function mergeJob(job: JobProgress, live: ReadonlyMap<string, LiveStage>): JobProgress {
  const stages = job.stages.map(stage => {
    const now = live.get(key(stage.id, stage.attempt));
    const open = stage.state === 'pending' || stage.state === 'active';
    return now && open ? mergeStage(stage, now) : stage;
  });
  return { ...job, stages, tasks: shift(job.tasks, job.stages, stages) };
}

function mergeStage(stage: StageProgress, live: LiveStage): StageProgress {
  const startedAt = stage.startedAt ?? time(live.submissionTime);
  return {
    ...stage,
    state: 'active',
    tasks: taskCounts(live),
    ...(startedAt === undefined ? {} : { startedAt }),
  };
}

function jobOf(job: LiveJob, live: readonly LiveStage[]): JobProgress {
  const stages = live
    .filter(stage => job.stageIds.includes(stage.stageId))
    .map(stage =>
      mergeStage(
        { id: stage.stageId, attempt: stage.attemptId, name: stage.name, state: 'active', tasks: noTasks },
        stage,
      ),
    );
  return {
    id: job.jobId,
    name: job.description ?? job.name,
    state: 'running',
    tasks: shift(noTasks, [], stages),
    stages,
    startedAt: time(job.submissionTime) ?? 0,
  };
}

/** The sum `counts` of `before`, made that of `after`. */
function shift(
  counts: TaskCounts,
  before: readonly { tasks: TaskCounts }[],
  after: readonly { tasks: TaskCounts }[],
): TaskCounts {
  const difference = (count: (tasks: TaskCounts) => number): number =>
    after.reduce((sum, each) => sum + count(each.tasks), 0) -
    before.reduce((sum, each) => sum + count(each.tasks), 0);
  return {
    total: counts.total + difference(tasks => tasks.total),
    active: counts.active + difference(tasks => tasks.active),
    completed: counts.completed + difference(tasks => tasks.completed),
    failed: counts.failed + difference(tasks => tasks.failed),
  };
}

/** A stage that two jobs share is counted once. */
function distinctStages(jobs: readonly JobProgress[]): StageProgress[] {
  return [
    ...new Map(
      jobs.flatMap(job => job.stages.map(stage => [key(stage.id, stage.attempt), stage] as const)),
    ).values(),
  ];
}

const key = (stage: number, attempt: number): string => `${stage}.${attempt}`;

const noTasks: TaskCounts = { total: 0, active: 0, completed: 0, failed: 0 };

function taskCounts(stage: LiveStage): TaskCounts {
  return {
    total: stage.numTasks,
    active: stage.numActiveTasks,
    completed: stage.numCompleteTasks,
    failed: stage.numFailedTasks,
  };
}

/** Spark writes "2026-01-31T12:00:00.000GMT". */
function time(text: string | undefined): number | undefined {
  const at = Date.parse(text?.replace(/GMT$/, 'Z') ?? '');
  return Number.isNaN(at) ? undefined : at;
}
