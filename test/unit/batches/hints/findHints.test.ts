import assert from 'node:assert/strict';
import { Value } from 'typebox/value';
import { findHints } from '../../../../server/batches/hints/findHints.ts';
import { Hint } from '../../../../server/protocol/metrics.ts';
import { measuredOf, type MeasuredCase } from './measuredOf.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** Title and details of the hints of a case; the figures are looked at below. */
const told: Record<string, [given: MeasuredCase, ...hints: [kind: Hint['kind'], text: RegExp][]]> = {
  'a key that has most rows': [
    {
      stages: [
        {
          id: 3,
          took: 21_000,
          tasks: 200,
          median: 1200,
          max: 20_000,
          read: { median: 2 * MiB, max: 90 * MiB },
        },
      ],
    },
    [
      'skewed-stage',
      /^Stage 3 \(count at app\.py:7\) is skewed: The longest of its 200 tasks ran 20 s, half of them at most 1\.2 s; the stage took 21 s\. One task read up to 90 MiB, 45 times the median: .*repartition/,
    ],
  ],
  'most tasks have nothing to read': [
    { stages: [{ took: 21_000, tasks: 8, median: 30, max: 20_000, read: { median: 0, max: 5000 } }] },
    ['skewed-stage', /read up to 4\.9 KiB, half of them nothing: /],
  ],
  'a partition that takes longer to compute': [
    { stages: [{ took: 21_000, tasks: 8, median: 1000, max: 20_000, read: { median: 10, max: 11 } }] },
    ['skewed-stage', /The tasks read about the same, so look at what is done/],
  ],
  'one partition': [
    { stages: [{ took: 20_000, tasks: 1, metrics: { inputBytes: 120 * MiB } }] },
    [
      'few-partitions',
      /^Stage 0 \(count at app\.py:7\) had 1 partition for 4 cores: It was one task, which ran 20 s while 3 cores of 4 had nothing to do; it read 120 MiB\. Repartition/,
    ],
  ],
  'two partitions': [
    { stages: [{ took: 20_000, tasks: 2, name: '$anonfun$call$1 at CompletableFuture.java:1768' }] },
    ['few-partitions', /^Stage 0 had 2 partitions for 4 cores: It had 2 tasks, the longest .* 2 cores of 4/],
  ],
  spill: [
    {
      stages: [
        {
          took: 60_000,
          tasks: 100,
          metrics: { memorySpilled: 6 * GiB, diskSpilled: 2 * GiB, shuffleReadBytes: 4 * GiB },
        },
      ],
    },
    ['spill', /spilled 2\.0 GiB to disk: .* 50 % of what the stage read: 6\.0 GiB in memory/],
  ],
  'idle cores': [
    { metrics: { cores: 16, jobTime: 60_000, jobCoreTime: 960_000, taskTime: 96_000 } },
    [
      'idle-cores',
      /^Cores were used 10 % of the time: While jobs ran, 1 min 00 s in all, up to 16 cores could have worked for 16 min 00 s; tasks took 1 min 36 s of it\./,
    ],
  ],
  'a driver that works alone': [
    {
      metrics: {
        wallTime: 300_000,
        jobTime: 30_000,
        coreTime: 1_200_000,
        jobCoreTime: 120_000,
        taskTime: 100_000,
      },
    },
    ['driver-alone', /^No Spark job ran for 90 % of the time: For 4 min 30 s of 5 min 00 s no job ran/],
  ],
  'small files': [
    { stages: [{ took: 40_000, tasks: 2000, median: 60, max: 90, metrics: { inputBytes: 2000 * 6000 } }] },
    [
      'small-files',
      /read its input in 2,000 small pieces: It read 11 MiB in 2,000 tasks, 5\.9 KiB and 60 ms each, and took 40 s/,
    ],
  ],
  'partitions of nothing': [
    {
      stages: Array.from({ length: 12 }, () => ({
        took: 1000,
        tasks: 200,
        median: 5,
        max: 20,
        metrics: { shuffleReadBytes: 500 },
      })),
    },
    [
      'small-partitions',
      /^12 stages with many small partitions: .*2,400 tasks shared 5\.9 KiB, about 3 bytes each, and took 12 s, 60 % of the time/,
    ],
  ],
  'one stage of many small partitions': [
    { stages: [{ id: 9, took: 15_000, tasks: 5000, median: 5, max: 20 }] },
    [
      'small-partitions',
      /^5,000 partitions for 0 bytes: In stage 9 \(count at app\.py:7\) 5,000 tasks shared/,
    ],
  ],
  'garbage collection': [
    {
      stages: [{ id: 4, took: 20_000, tasks: 40, metrics: { gcTime: 15_000 } }],
      metrics: { runTime: 80_000, gcTime: 20_000 },
    },
    [
      'garbage-collection',
      /^Garbage collection took 25 % of the run time: .* for 20 s, most of it in stage 4 \(count at app\.py:7\): 15 s\./,
    ],
  ],
  'failed tasks': [
    {
      stages: [{ took: 20_000, tasks: 40, failed: 5, metrics: { failedTime: 30_000, taskTime: 100_000 } }],
    },
    [
      'failed-tasks',
      /^5 tasks of stage 0 failed on the way: .* 5 attempts at its 40 tasks .* 30 s in all, 30 %/,
    ],
  ],
  'executors that ran out of memory': [
    {
      executors: [
        {},
        { removedAt: 9, removedReason: 'Command exited with code 137' },
        { removedAt: 9, removedReason: 'Executor killed by driver.' },
      ],
    },
    [
      'lost-executors',
      /^1 executor lost: 1 executor of 3 went .* The last one: Command exited with code 137\. .*out of memory/,
    ],
  ],
  'executors whose worker is gone': [
    { executors: [{ removedAt: 9, removedReason: 'worker lost' }] },
    ['lost-executors', /worker lost\. The executors' own logs/],
  ],
  'what is broken first, then the stages': [
    {
      stages: [{ took: 20_000, tasks: 1 }],
      executors: [{ removedAt: 9, removedReason: 'worker lost' }],
    },
    ['lost-executors', /./],
    ['few-partitions', /./],
  ],
};

const silent: Record<string, MeasuredCase> = {
  nothing: {},
  'an even stage': { stages: [{ took: 60_000, tasks: 200, median: 5000, max: 9000 }] },
  'a skewed stage of a few seconds': { stages: [{ took: 9000, tasks: 200, median: 50, max: 8900 }] },
  'a skewed stage on one core': {
    stages: [{ took: 60_000, tasks: 8, median: 50, max: 59_000, metrics: { cores: 1 } }],
  },
  'a long task that a long stage does not wait for': {
    stages: [{ took: 600_000, tasks: 2000, median: 5000, max: 20_000 }],
  },
  'a skewed stage that was given up': {
    stages: [{ state: 'failed', took: 60_000, tasks: 200, median: 50, max: 59_000 }],
  },
  'one partition for one core': { stages: [{ took: 60_000, tasks: 1, metrics: { cores: 1 } }] },
  'one partition, but not for long': { stages: [{ took: 9000, tasks: 1 }] },
  'one partition that waited for an executor': { stages: [{ took: 60_000, tasks: 1, max: 100 }] },
  'one partition beside another stage': {
    stages: [
      { startedAt: 0, took: 60_000, tasks: 1 },
      { startedAt: 10_000, took: 70_000, tasks: 100, median: 3000, max: 4000 },
    ],
  },
  'one partition whose output was lost': { stages: [{ attempt: 1, took: 60_000, tasks: 1 }] },
  'three partitions for four cores': { stages: [{ took: 60_000, tasks: 3 }] },
  'a little spill': {
    stages: [{ took: 60_000, tasks: 8, metrics: { memorySpilled: 900 * MiB, diskSpilled: 100 * MiB } }],
  },
  'idle cores of a short application': {
    metrics: { cores: 64, jobTime: 10_000, jobCoreTime: 640_000, taskTime: 10_000 },
  },
  'cores that are used well': {
    metrics: { cores: 16, jobTime: 60_000, jobCoreTime: 960_000, taskTime: 700_000 },
  },
  'a driver that works alone on its own cores': {
    metrics: {
      wallTime: 300_000,
      jobTime: 30_000,
      coreTime: 1_200_000,
      jobCoreTime: 120_000,
      taskTime: 100_000,
    },
    executors: [{ id: 'driver' }],
  },
  'many files of good size': {
    stages: [{ took: 60_000, tasks: 500, median: 500, max: 900, metrics: { inputBytes: 500 * 64 * MiB } }],
  },
  'small files that are worked on for long': {
    stages: [{ took: 60_000, tasks: 500, median: 5000, max: 9000, metrics: { inputBytes: 500 * 6000 } }],
  },
  'many small partitions in little of the time': {
    stages: [{ took: 11_000, tasks: 5000, median: 5, max: 20 }],
    metrics: { jobTime: 600_000 },
  },
  'one small shuffle': {
    stages: [{ took: 1000, tasks: 200, median: 5, max: 20, metrics: { shuffleReadBytes: 500 } }],
  },
  'little garbage': { metrics: { runTime: 800_000, gcTime: 20_000 } },
  'a tenth of a short time': { metrics: { runTime: 20_000, gcTime: 5000 } },
  'a task that failed at once': {
    stages: [{ took: 20_000, tasks: 40, failed: 1, metrics: { failedTime: 500, taskTime: 100_000 } }],
  },
  'executors that were given back': {
    executors: [
      { removedAt: 9, removedReason: 'Executor killed by driver.' },
      { removedAt: 9, removedReason: 'Executor decommission.' },
      { removedAt: 9 },
    ],
  },
};

describe('batches/hints/findHints', () => {
  for (const [name, [given, ...expected]] of Object.entries(told)) {
    it(`tells of ${name}`, () => {
      const hints = findHints(measuredOf(given));
      assert.deepEqual(
        hints.map(({ kind }) => kind),
        expected.map(([kind]) => kind),
      );
      for (const [index, [, text]] of expected.entries()) {
        const hint = hints[index];
        assert.ok(hint);
        assert.match(`${hint.title}: ${hint.detail}`, text);
        assert.ok(Value.Check(Hint, hint), JSON.stringify(Value.Errors(Hint, hint)));
        assert.ok(Object.keys(hint.figures).length >= 3);
        assert.doesNotMatch(hint.title + hint.detail, /NaN|Infinity|undefined/);
      }
    });
  }

  for (const [name, given] of Object.entries(silent)) {
    it(`says nothing of ${name}`, () => assert.deepEqual(findHints(measuredOf(given)), []));
  }

  it('has its figures with it, and the stage', () => {
    const [hint] = findHints(
      measuredOf({
        stages: [
          { id: 3, took: 21_000, tasks: 8, median: 1200, max: 20_000, read: { median: 100, max: 900 } },
        ],
      }),
    );
    assert.equal(hint?.stageId, 3);
    assert.deepEqual(hint.figures, {
      tasks: 8,
      stageTime: 21_000,
      maxTaskTime: 20_000,
      medianTaskTime: 1200,
      maxBytesRead: 900,
      medianBytesRead: 100,
    });
  });

  it('tells of the costliest stages only, in the order they ran', () => {
    const stages = [20, 50, 12, 40, 30].map(seconds => ({ took: seconds * 1000, tasks: 1 }));
    assert.deepEqual(
      findHints(measuredOf({ stages })).map(({ stageId }) => stageId),
      [1, 3, 4],
    );
  });

  it('tells once of a stage that two jobs share', () => {
    const measured = measuredOf({ stages: [{ took: 20_000, tasks: 1 }] });
    const { jobs } = measured.progress;
    const hints = findHints({ ...measured, progress: { ...measured.progress, jobs: [...jobs, ...jobs] } });
    assert.equal(hints.length, 1);
  });
});
