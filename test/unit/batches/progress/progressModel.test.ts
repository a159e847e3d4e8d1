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
import { taskEndLine } from './taskEndLine.ts';
import { collectGarbage } from '../../../support/collectGarbage.ts';

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

const executorAdded = (executorId: string, at = 5, cores = 2): SparkEvent => ({
  kind: 'executorAdded',
  executorId,
  at,
  host: 'localhost',
  cores,
});
const executorRemoved = (executorId: string, at = 6, reason = 'worker lost'): SparkEvent => ({
  kind: 'executorRemoved',
  executorId,
  at,
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
      executorAdded('0'),
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
    assert.equal(after(...begun).waitingForResources, true);
    assert.equal(after(...begun, executorAdded('0')).waitingForResources, false);
    assert.equal(after(executorAdded('driver'), ...begun).waitingForResources, false);
    assert.equal(after(executorAdded('driver'), ...begun).executors, 0);
    assert.equal(after(...begun, executorAdded('0'), executorRemoved('0')).waitingForResources, true);
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

  it('sums up and distributes what tasks say of themselves', () => {
    const model = new ProgressModel();
    const one = stage(0, 4);
    const tell = (...events: (SparkEvent | string)[]): void => {
      for (const event of events) {
        const read = typeof event === 'string' ? readSparkEvent(event) : event;
        assert.ok(read);
        model.apply(read);
      }
    };
    const launchedAt = 1000;
    const measured = { runTime: 90, cpuNanoseconds: 1_500_000, bytesRead: 100, recordsRead: 10 };
    tell(
      { kind: 'applicationStart', appId: 'app-1', appName: 'sums', at: 900 },
      executorAdded('0', 950, 2),
      { kind: 'jobStart', jobId: 0, at: 1000, stages: [one] },
      submitted(one),
      ...[1, 2, 3].flatMap(() => [
        started(0),
        taskEndLine({ executorId: '0', launchedAt, duration: 100, metrics: measured }),
      ]),
      started(0),
      taskEndLine({
        executorId: '0',
        launchedAt,
        duration: 50,
        reason: 'ExceptionFailure',
        metrics: { runTime: 40, bytesRead: 5 },
      }),
      started(0),
      taskEndLine({
        executorId: '0',
        launchedAt,
        duration: 1000,
        metrics: { runTime: 990, bytesRead: 100, localBytes: 600, remoteBytes: 300, diskSpilled: 77 },
      }),
      // It was measured when it succeeded.
      taskEndLine({ executorId: '0', reason: 'Resubmitted', metrics: { bytesRead: 100 } }),
      started(0),
      taskEndLine({ executorId: '0', launchedAt, duration: 20, reason: 'TaskKilled' }),
      completed(one),
      executorRemoved('0', 2500, 'worker lost'),
      executorAdded('1', 2500, 3),
      { kind: 'jobEnd', jobId: 0, at: 3000, succeeded: true },
      { kind: 'applicationEnd', at: 4000 },
    );
    const { metrics, executors } = model.measures();
    const sums = {
      tasks: 6,
      taskTime: 1370,
      failedTime: 50,
      runTime: 1300,
      cpuTime: 5, // 4.5 rounded
      gcTime: 0,
      fetchWaitTime: 0,
      resultBytes: 0,
      inputBytes: 405,
      inputRecords: 30,
      outputBytes: 0,
      outputRecords: 0,
      shuffleReadBytes: 900,
      shuffleReadRecords: 0,
      shuffleWriteBytes: 0,
      shuffleWriteRecords: 0,
      memorySpilled: 0,
      diskSpilled: 77,
      peakExecutionMemory: 0,
    };
    assert.deepEqual(metrics, {
      ...sums,
      cores: 3,
      wallTime: 3100,
      jobTime: 2000,
      coreTime: 2 * (2500 - 950) + 3 * 1500,
      jobCoreTime: 2 * 1500 + 3 * 500,
    });
    assert.deepEqual(executors, [
      {
        id: '0',
        host: 'localhost',
        cores: 2,
        addedAt: 950,
        removedAt: 2500,
        removedReason: 'worker lost',
        tasks: 6,
        failed: 1,
        runTime: 1300,
        inputBytes: 405,
      },
      {
        id: '1',
        host: 'localhost',
        cores: 3,
        addedAt: 2500,
        removedAt: 4000,
        tasks: 0,
        failed: 0,
        runTime: 0,
        inputBytes: 0,
      },
    ]);
    const found = model.snapshot(1, true).jobs[0]?.stages[0]?.metrics;
    assert.ok(found?.duration && found.bytesRead);
    const { duration, bytesRead, cores, ...total } = found;
    assert.deepEqual(total, sums);
    assert.equal(cores, 2);
    assert.deepEqual([duration.min, duration.max], [100, 1000]);
    assert.ok(Math.abs(duration.median - 100) <= 5, String(duration.median));
    assert.deepEqual([bytesRead.min, bytesRead.max], [100, 1000]);
    assert.equal(model.snapshot(1).jobs[0]?.stages[0]?.metrics, undefined);
    // What the batch's end adds is no longer the application's time.
    model.settle(99_000);
    assert.equal(model.measures().metrics.wallTime, 3100);
  });

  it('notes the first executor besides the driver, the first task and the last', () => {
    const model = new ProgressModel();
    assert.deepEqual(model.milestones, {});
    const begun = { kind: 'taskStart', stageId: 0, attempt: 0 } as const;
    const events: SparkEvent[] = [
      { kind: 'environment', submittedAt: 3 },
      { kind: 'blockManagerAdded', executorId: '1', at: 4 },
      { kind: 'blockManagerAdded', executorId: 'driver', at: 5 },
      executorAdded('driver', 6),
      executorAdded('1', 20),
      executorAdded('2', 21),
      { ...begun, launchedAt: 30 },
      begun,
    ];
    for (const event of events) model.apply(event);
    for (const [launchedAt, duration] of [
      [30, 20],
      [31, 10],
    ] as const) {
      const end = readSparkEvent(taskEndLine({ launchedAt, duration }));
      assert.ok(end);
      model.apply(end);
    }
    assert.deepEqual(model.milestones, {
      submitted: 3,
      contextUp: 5,
      executor: 20,
      firstTask: 30,
      lastTask: 50,
    });
  });

  it('takes a million task events without holding on to them', () => {
    const tasks = 500_000;
    const model = new ProgressModel();
    let metrics = true;
    const lines = new EventLines(
      head => (metrics || !head.includes('TaskEnd') ? interestIn(head) : 'head'),
      line => {
        const event = readSparkEvent(line);
        if (event) model.apply(event);
      },
    );
    model.apply(executorAdded('driver', 5, 2));
    const [own, other] = [stage(0, tasks), stage(1, tasks)];
    model.apply(job(0, own, other));
    model.apply(submitted(own));
    const begin =
      '{"Event":"SparkListenerTaskStart","Stage ID":0,"Stage Attempt ID":0,"Task Info":{"Task ID":0,"Index":0,"Attempt":0,"Partition ID":0,"Launch Time":1795395111076,"Executor ID":"driver"}}\n';
    const perChunk = 100;
    let written = 0;
    const events = Array.from({ length: perChunk }, (_, n) => {
      const end = taskEndLine({
        launchedAt: 1795395111076 + n,
        duration: 10 * (n + 1),
        metrics: { runTime: n, cpuNanoseconds: 123_456_789, bytesRead: 1000 * n, shuffleBytesWritten: 2 },
      });
      written += 2;
      return `${begin}${end}\n`;
    });
    const chunk = Buffer.from(events.join(''));
    const run = (): { seconds: number; grown: number } => {
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      const beganAt = performance.now();
      for (let n = 0; n < tasks; n += perChunk) lines.push(chunk);
      const seconds = (performance.now() - beganAt) / 1000;
      collectGarbage();
      return { seconds, grown: process.memoryUsage().heapUsed - before };
    };
    const { seconds, grown } = run();
    const snapshot = model.snapshot(1, true);
    const found = snapshot.jobs[0]?.stages[0]?.metrics;
    assert.deepEqual(snapshot.jobs[0]?.stages[0]?.tasks, {
      total: tasks,
      active: 0,
      completed: tasks,
      failed: 0,
    });
    assert.equal(found?.tasks, tasks);
    assert.equal(found.shuffleWriteBytes, (tasks / perChunk) * written);
    assert.equal(found.inputBytes, (tasks / perChunk) * 1000 * 4950);
    assert.equal(found.duration?.max, 1000);
    assert.ok(Math.abs(found.duration.median - 500) <= 25, String(found.duration.median));
    metrics = false;
    const plain = run();
    const rate = (time: number): string => `${Math.round((2 * tasks) / time / 1000)} thousand events`;
    console.log(
      `      ${rate(seconds)}, ${Math.round((tasks * chunk.length) / perChunk / seconds / 1e6)} MB of log a second; without metrics ${rate(plain.seconds)}; heap grown by ${Math.round(grown / 1e6)} MB`,
    );
    assert.ok(grown < 100e6, `${grown} bytes more than before`);
  });
});
