import assert from 'node:assert/strict';
import type { BatchProgress } from '../../../../server/protocol/batch.ts';
import { EventLines } from '../../../../server/batches/progress/eventLines.ts';
import { ProgressModel } from '../../../../server/batches/progress/progressModel.ts';
import {
  interestIn,
  readSparkEvent,
  type SparkEvent,
  type StageInfo,
} from '../../../../server/batches/progress/sparkEvent.ts';
import { showProgress } from './showProgress.ts';

const stage = (id: number, tasks: number, parents: number[] = [], attempt = 0): StageInfo => ({
  id,
  attempt,
  name: `stage ${id}`,
  tasks,
  parents,
});
const job = (jobId: number, ...stages: StageInfo[]): SparkEvent => ({
  kind: 'jobStart',
  jobId,
  at: 10,
  stages,
});
const submitted = (info: StageInfo): SparkEvent => ({
  kind: 'stageSubmitted',
  stage: { ...info, submittedAt: 20 },
});
const completed = (info: StageInfo, failure?: string): SparkEvent => ({
  kind: 'stageCompleted',
  stage: { ...info, submittedAt: 20, completedAt: 30, ...(failure === undefined ? {} : { failure }) },
});
const started = (stageId: number, attempt = 0): SparkEvent => ({ kind: 'taskStart', stageId, attempt });
const ended = (stageId: number, reason = 'Success', attempt = 0): SparkEvent => ({
  kind: 'taskEnd',
  stageId,
  attempt,
  reason,
});

function after(...events: SparkEvent[]): BatchProgress {
  const model = new ProgressModel();
  for (const event of events) model.apply(event);
  return model.snapshot(7);
}

describe('batches/progress/progressModel', () => {
  it('counts tasks as they start and end', () => {
    const one = stage(0, 4);
    const progress = after(
      { kind: 'applicationStart', appId: 'app-1', appName: 'counts', at: 1 },
      { kind: 'executorAdded', executorId: '0' },
      job(0, one),
      submitted(one),
      started(0),
      started(0),
      started(0),
      ended(0),
      ended(0, 'ExceptionFailure'),
      started(0),
    );
    assert.equal(progress.id, 7);
    assert.equal(progress.appId, 'app-1');
    assert.equal(progress.appName, 'counts');
    assert.deepEqual(showProgress(progress), [
      '1/4 done, 2 active, 1 failed; 1 executor',
      'job 0 running: stage 0, 1/4 done, 2 active, 1 failed',
      '  stage 0 active 1/4 done, 2 active, 1 failed',
    ]);
  });

  it('counts neither killed copies as failures, nor a success whose output was lost as one', () => {
    const one = stage(0, 2);
    const counts = after(
      job(0, one),
      submitted(one),
      started(0),
      started(0),
      started(0),
      ended(0),
      ended(0, 'TaskKilled'),
      ended(0),
      ended(0, 'Resubmitted'),
    ).tasks;
    assert.deepEqual(counts, { total: 2, active: 0, completed: 1, failed: 0 });
  });

  it('skips the stages whose output is there as soon as a later one begins', () => {
    const [one, two, three] = [stage(0, 4), stage(1, 3, [0]), stage(2, 2, [1])];
    assert.deepEqual(showProgress(after(job(0, one, two, three), submitted(three))), [
      '0/2 done, 0 active, 0 failed; 0 executors, waits',
      'job 0 running: stage 2, 0/2 done, 0 active, 0 failed',
      '  stage 0 skipped 0/4 done, 0 active, 0 failed',
      '  stage 1 skipped 0/3 done, 0 active, 0 failed',
      '  stage 2 active 0/2 done, 0 active, 0 failed',
    ]);
  });

  it('believes the driver that a stage runs, and takes its event afterwards', () => {
    const [one, two] = [stage(0, 4), stage(1, 3, [0])];
    const model = new ProgressModel();
    model.apply(job(0, one, two));
    model.seenActive(1);
    model.seenActive(99);
    const expected = [
      '0/3 done, 0 active, 0 failed; 0 executors, waits',
      'job 0 running: stage 1, 0/3 done, 0 active, 0 failed',
      '  stage 0 skipped 0/4 done, 0 active, 0 failed',
      '  stage 1 active 0/3 done, 0 active, 0 failed',
    ];
    assert.deepEqual(showProgress(model.snapshot(1)), expected);
    model.apply(submitted(two));
    assert.deepEqual(showProgress(model.snapshot(1)), expected);
    model.apply(completed(two));
    model.seenActive(1);
    assert.equal(model.snapshot(1).jobs[0]?.stages[1]?.state, 'complete');
  });

  it('runs a stage again when its output is lost', () => {
    const one = stage(0, 4);
    const again = stage(0, 1, [], 1);
    const progress = after(
      job(0, one),
      submitted(one),
      ...[1, 2, 3, 4].flatMap(() => [started(0), ended(0)]),
      completed(one, 'fetch failure'),
      submitted(again),
      started(0, 1),
    );
    assert.deepEqual(showProgress(progress), [
      '3/4 done, 1 active, 0 failed; 0 executors',
      'job 0 running: stage 0, 3/4 done, 1 active, 0 failed',
      '  stage 0 failed 4/4 done, 0 active, 0 failed (fetch failure)',
      '  stage 0.1 active 0/1 done, 1 active, 0 failed',
    ]);
  });

  it('says when tasks wait for executors, and does not in local mode', () => {
    const one = stage(0, 4);
    const begun = [job(0, one), submitted(one)];
    const [executorAdded, driverAdded] = ['0', 'driver'].map((executorId): SparkEvent => ({
      kind: 'executorAdded',
      executorId,
    }));
    assert.ok(executorAdded && driverAdded);
    assert.equal(after(...begun).waitingForResources, true);
    assert.equal(after(...begun, executorAdded).waitingForResources, false);
    assert.equal(after(driverAdded, ...begun).waitingForResources, false);
    assert.equal(after(driverAdded, ...begun).executors, 0);
    assert.equal(
      after(...begun, executorAdded, { kind: 'executorRemoved', executorId: '0' }).waitingForResources,
      true,
    );
    // The start of a stage reaches the log late: a job that runs always has one.
    assert.equal(after(job(0, one)).waitingForResources, true);
  });

  it('lets what still ran fail when the application ends', () => {
    const [one, two] = [stage(0, 2), stage(1, 2, [0])];
    const progress = after(job(0, one, two), submitted(one), started(0), { kind: 'applicationEnd', at: 99 });
    assert.deepEqual(showProgress(progress), [
      '0/2 done, 0 active, 0 failed; 0 executors',
      'job 0 failed: stage 1, 0/2 done, 0 active, 0 failed',
      '  stage 0 failed 0/2 done, 0 active, 0 failed',
      '  stage 1 skipped 0/2 done, 0 active, 0 failed',
    ]);
    assert.equal(progress.jobs[0]?.endedAt, 99);
  });

  it('calls a job by its description if it has one', () => {
    const described: SparkEvent = {
      kind: 'jobStart',
      jobId: 0,
      at: 1,
      stages: [stage(0, 1)],
      description: 'orders',
    };
    assert.equal(after(described).jobs[0]?.name, 'orders');
  });

  it('keeps the newest jobs, and counts the tasks of the others', () => {
    const model = new ProgressModel(10);
    for (let id = 0; id < 50; id++) {
      const own = stage(id, 2);
      const events = [
        job(id, own),
        submitted(own),
        started(id),
        ended(id),
        started(id),
        ended(id),
        completed(own),
      ];
      for (const event of events) model.apply(event);
      // One job runs from the beginning to the end.
      if (id > 0) model.apply({ kind: 'jobEnd', jobId: id, at: 40, succeeded: true });
    }
    const progress = model.snapshot(1);
    assert.deepEqual(
      progress.jobs.map(each => each.id),
      [0, 41, 42, 43, 44, 45, 46, 47, 48, 49],
    );
    assert.deepEqual(progress.tasks, { total: 100, active: 0, completed: 100, failed: 0 });
  });

  it('takes a million tasks without holding on to them', () => {
    const tasks = 500_000;
    const model = new ProgressModel();
    const lines = new EventLines(interestIn, line => {
      const event = readSparkEvent(line);
      if (event) model.apply(event);
    });
    const own = stage(0, tasks);
    model.apply(job(0, own));
    model.apply(submitted(own));
    // As long as what Spark writes: an end brings its task's metrics with it.
    const begin =
      '{"Event":"SparkListenerTaskStart","Stage ID":0,"Stage Attempt ID":0,"Task Info":{"Task ID":0,"Index":0,"Attempt":0,"Partition ID":0,"Launch Time":1795395111076,"Executor ID":"driver"}}\n';
    const end = `{"Event":"SparkListenerTaskEnd","Stage ID":0,"Stage Attempt ID":0,"Task Type":"ShuffleMapTask","Task End Reason":{"Reason":"Success"},"Task Info":{"Task ID":0},"Task Metrics":"${'x'.repeat(3000)}"}\n`;
    const perChunk = 100;
    const chunk = Buffer.from((begin + end).repeat(perChunk));
    const before = process.memoryUsage().heapUsed;
    const beganAt = performance.now();
    for (let n = 0; n < tasks; n += perChunk) lines.push(chunk);
    const seconds = (performance.now() - beganAt) / 1000;
    const grown = process.memoryUsage().heapUsed - before;
    console.log(
      `      ${Math.round((2 * tasks) / seconds / 1000)} thousand events, ${Math.round((tasks * chunk.length) / perChunk / seconds / 1e6)} MB of log a second`,
    );
    assert.deepEqual(model.snapshot(1).tasks, { total: tasks, active: 0, completed: tasks, failed: 0 });
    assert.ok(grown < 100e6, `${grown} bytes more than before`);
  });
});
