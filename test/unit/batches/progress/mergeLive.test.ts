import assert from 'node:assert/strict';
import type { BatchProgress, StageProgress } from '../../../../server/protocol/batch.ts';
import type { LiveProgress, LiveStage } from '../../../../server/batches/progress/driverApi.ts';
import { mergeLive } from '../../../../server/batches/progress/mergeLive.ts';
import { showProgress } from './showProgress.ts';

const counts = (total: number, active = 0, completed = 0): StageProgress['tasks'] => ({
  total,
  active,
  completed,
  failed: 0,
});

const logged: BatchProgress = {
  id: 1,
  executors: 0,
  waitingForResources: true,
  tasks: counts(10, 0, 4),
  jobs: [
    {
      id: 0,
      name: 'count',
      state: 'running',
      tasks: counts(10, 0, 4),
      startedAt: 5,
      stages: [
        { id: 0, attempt: 0, name: 'map', state: 'complete', tasks: counts(4, 0, 4) },
        { id: 1, attempt: 0, name: 'count', state: 'active', tasks: counts(6), startedAt: 6 },
      ],
    },
  ],
};

const liveStage = (stageId: number, numActiveTasks: number, numCompleteTasks: number): LiveStage => ({
  stageId,
  attemptId: 0,
  name: 'live',
  numTasks: 6,
  numActiveTasks,
  numCompleteTasks,
  numFailedTasks: 0,
});

const live = (...stages: LiveStage[]): LiveProgress => ({
  executors: 2,
  driverRunsTasks: false,
  jobs: [],
  stages,
});

describe('batches/progress/mergeLive', () => {
  it('takes the counts of what runs from the driver', () => {
    assert.deepEqual(showProgress(mergeLive(logged, live(liveStage(1, 2, 3)))), [
      '7/10 done, 2 active, 0 failed; 2 executors',
      'job 0 running: count, 7/10 done, 2 active, 0 failed',
      '  stage 0 complete 4/4 done, 0 active, 0 failed',
      '  stage 1 active 3/6 done, 2 active, 0 failed',
    ]);
  });

  it('leaves what has ended by the log as it is there', () => {
    const merged = mergeLive(logged, live(liveStage(0, 1, 3)));
    assert.deepEqual(merged.jobs, logged.jobs);
    assert.deepEqual(merged.tasks, logged.tasks);
  });

  it('says that tasks wait only while nobody runs them', () => {
    const waits = (progress: LiveProgress): boolean => mergeLive(logged, progress).waitingForResources;
    assert.equal(waits({ ...live(liveStage(1, 0, 0)), executors: 0 }), true);
    assert.equal(waits(live(liveStage(1, 0, 0))), false);
    assert.equal(waits({ ...live(liveStage(1, 0, 0)), executors: 0, driverRunsTasks: true }), false);
  });

  it('shows running jobs that no log tells of', () => {
    const nothing: BatchProgress = { ...logged, tasks: counts(0), jobs: [] };
    const merged = mergeLive(nothing, {
      ...live(liveStage(3, 1, 2)),
      jobs: [{ jobId: 9, name: 'collect', submissionTime: '2026-01-31T12:00:00.000GMT', stageIds: [2, 3] }],
    });
    assert.deepEqual(showProgress(merged), [
      '2/6 done, 1 active, 0 failed; 2 executors',
      'job 9 running: collect, 2/6 done, 1 active, 0 failed',
      '  stage 3 active 2/6 done, 1 active, 0 failed',
    ]);
    assert.equal(merged.jobs[0]?.startedAt, Date.UTC(2026, 0, 31, 12));
  });
});
