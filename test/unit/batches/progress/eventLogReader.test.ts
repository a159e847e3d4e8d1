import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findApplicationId } from '../../../../server/batches/progress/eventLogFiles.ts';
import { EventLogReader } from '../../../../server/batches/progress/eventLogReader.ts';
import { ProgressSource } from '../../../../server/batches/progress/progressSource.ts';
import { showProgress } from './showProgress.ts';

/** Event logs that Spark 4.3.0 wrote, without what isn't read. */
const logs = join(import.meta.dirname, '..', '..', 'fixtures', 'eventLogs');
const rolledId = 'local-1795395109135';
const rolledName = `eventlog_v2_${rolledId}`;
const singleId = 'local-1795395120038';

const whole = [
  '9/10 done, 0 active, 1 failed; 0 executors',
  'job 0 succeeded: count at /home/user/project/progress.py:5, 6/6 done, 0 active, 0 failed',
  '  stage 0 complete 4/4 done, 0 active, 0 failed',
  '  stage 1 complete 2/2 done, 0 active, 0 failed',
  'job 1 succeeded: count at /home/user/project/progress.py:6, 2/2 done, 0 active, 0 failed',
  '  stage 2 skipped 0/4 done, 0 active, 0 failed',
  '  stage 3 complete 2/2 done, 0 active, 0 failed',
  'job 2 failed: a job with a description, 1/2 done, 0 active, 1 failed',
  '  stage 4 failed 1/2 done, 0 active, 1 failed ([PYTHON_EXCEPTION] An exception was thrown from the Python worker: Traceback (most recent call last):)',
];

const show = (reader: EventLogReader): string[] => showProgress(reader.model.snapshot(1));

describe('batches/progress/eventLogReader', () => {
  let folder: string;
  let reader: EventLogReader;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-events-'));
    reader = new EventLogReader(folder);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads a rolled log and a single file alike', async () => {
    for (const [name, appId] of [
      ['rolled', rolledId],
      ['single', singleId],
    ] as const) {
      const recorded = new EventLogReader(join(logs, name));
      await recorded.read();
      assert.equal(recorded.appId, appId);
      assert.equal(recorded.endedCleanly, true);
      assert.deepEqual(show(recorded), whole);
    }
  });

  it('knows when the application came to its first and last things', async () => {
    const recorded = new EventLogReader(join(logs, 'rolled'));
    await recorded.read();
    // In local mode there is no executor; and these logs were stripped of Spark's properties.
    assert.deepEqual(recorded.model.milestones, {
      context: 1795395108072,
      contextUp: 1795395109382,
      firstTask: 1795395111076,
      lastTask: 1795395115540,
      contextEnd: 1795395115596,
    });
  });

  it('knows nothing of a folder that is empty or not there', async () => {
    await reader.read();
    assert.equal(reader.appId, undefined);
    assert.equal(reader.endedCleanly, undefined);
    const missing = new EventLogReader(join(folder, 'missing'));
    await missing.read();
    assert.equal(missing.appId, undefined);
    assert.equal(findApplicationId(join(folder, 'missing')), undefined);
  });

  it('knows the application before its first event', async () => {
    mkdirSync(join(folder, rolledName));
    writeFileSync(join(folder, rolledName, `appstatus_${rolledId}.inprogress`), '');
    await reader.read();
    assert.equal(reader.appId, rolledId);
    assert.equal(findApplicationId(folder), rolledId);
    assert.equal(reader.endedCleanly, false);
  });

  it('goes on where it was, in the middle of a line and from file to file', async () => {
    const rolled = join(folder, rolledName);
    mkdirSync(rolled);
    const status = join(rolled, `appstatus_${rolledId}`);
    writeFileSync(`${status}.inprogress`, '');
    const events = readFileSync(join(logs, 'rolled', rolledName, `events_1_${rolledId}`));
    const rolls = events.indexOf('{"Event":"SparkListenerJobStart","Job ID":1');
    const files = [events.subarray(0, rolls), events.subarray(rolls)];
    // Eleven files, so that their order by number and by name differ.
    for (let n = 3; n <= 10; n++) files.splice(1, 0, Buffer.alloc(0));
    for (const [index, bytes] of files.entries()) {
      const file = join(rolled, `events_${index + 1}_${rolledId}`);
      writeFileSync(file, '');
      for (let at = 0; at < bytes.length; at += 1000) {
        appendFileSync(file, bytes.subarray(at, at + 1000));
        await reader.read();
      }
    }
    assert.equal(files.length, 10);
    renameSync(`${status}.inprogress`, status);
    await reader.read();
    assert.equal(reader.endedCleanly, true);
    assert.deepEqual(show(reader), whole);
  });

  it('reads nothing twice when it is asked twice at once', async () => {
    const recorded = new EventLogReader(join(logs, 'rolled'));
    await Promise.all([recorded.read(), recorded.read(), recorded.read()]);
    await recorded.read();
    assert.deepEqual(show(recorded), whole);
  });

  it('follows a single file to the name that it gets at the end', async () => {
    const open = join(folder, `${singleId}.inprogress`);
    copyFileSync(join(logs, 'single', singleId), open);
    await reader.read();
    renameSync(open, join(folder, singleId));
    await reader.read();
    assert.deepEqual(show(reader), whole);
    assert.equal(reader.appId, singleId);
  });

  it('goes over to the next application of the same program', async () => {
    const first = join(folder, rolledName);
    mkdirSync(first);
    writeFileSync(join(first, `appstatus_${rolledId}`), '');
    copyFileSync(
      join(logs, 'rolled', rolledName, `events_1_${rolledId}`),
      join(first, `events_1_${rolledId}`),
    );
    await reader.read();
    const nextId = 'local-1795395199999';
    const next = join(folder, `eventlog_v2_${nextId}`);
    mkdirSync(next);
    writeFileSync(join(next, `appstatus_${nextId}.inprogress`), '');
    await reader.read();
    assert.equal(reader.appId, nextId);
    assert.equal(reader.endedCleanly, false);
    assert.deepEqual(show(reader), ['0/0 done, 0 active, 0 failed; 0 executors']);
  });

  describe('with a compressed log', () => {
    const compressedId = 'local-1795398031668';
    const zstd = join(logs, 'compressed', `eventlog_v2_${compressedId}`, `events_1_${compressedId}.zstd`);
    const compressed = [
      '11/11 done, 0 active, 0 failed; 0 executors',
      'job 0 succeeded: count at /home/user/project/skewed.py:19, 9/9 done, 0 active, 0 failed',
      '  stage 0 complete 4/4 done, 0 active, 0 failed',
      '  stage 1 complete 5/5 done, 0 active, 0 failed',
      'job 1 succeeded: $anonfun$withThreadLocalCaptured$1 at CompletableFuture.java:1768, 1/1 done, 0 active, 0 failed',
      '  stage 2 complete 1/1 done, 0 active, 0 failed',
      'job 2 succeeded: $anonfun$withThreadLocalCaptured$1 at CompletableFuture.java:1768, 1/1 done, 0 active, 0 failed',
      '  stage 3 skipped 0/1 done, 0 active, 0 failed',
      '  stage 4 complete 1/1 done, 0 active, 0 failed',
    ];

    it('reads one with zstd, as Spark wrote it', async () => {
      const recorded = new EventLogReader(join(logs, 'compressed'));
      await recorded.read();
      await recorded.read();
      assert.equal(recorded.appId, compressedId);
      assert.equal(recorded.endedCleanly, true);
      assert.equal(recorded.unreadable, undefined);
      assert.deepEqual(show(recorded), compressed);
    });

    it('sums up what its tasks say of themselves', async () => {
      const recorded = new EventLogReader(join(logs, 'compressed'));
      await recorded.read();
      const { metrics, executors } = recorded.model.measures();
      const stages = recorded.model.snapshot(1, true).jobs.flatMap(job => job.stages);
      // Computed from the whole log by a JSON parser.
      assert.deepEqual(
        stages.map(({ metrics: of }) => of && [of.tasks, of.taskTime, of.runTime, of.cpuTime, of.gcTime]),
        [
          [4, 4832, 4154, 428, 16],
          [5, 3358, 2764, 123, 0],
          [1, 847, 705, 212, 51],
          undefined,
          [1, 1605, 1442, 673, 37],
        ],
      );
      assert.deepEqual(
        stages.map(
          ({ metrics: of }) =>
            of && [of.inputBytes, of.shuffleWriteBytes, of.shuffleReadBytes, of.outputBytes],
        ),
        [[0, 2845, 0, 0], [0, 0, 2845, 0], [37710, 382, 0, 0], undefined, [0, 0, 382, 934]],
      );
      const skewed = stages[1]?.metrics?.duration;
      assert.deepEqual([skewed?.min, skewed?.max], [137, 2520]);
      assert.ok(Math.abs((skewed?.median ?? 0) - 249) <= 0.05 * 249 + 1, String(skewed?.median));
      assert.equal(metrics.taskTime, 4832 + 3358 + 847 + 1605);
      assert.equal(metrics.peakExecutionMemory, 4456432);
      assert.equal(metrics.cores, 1);
      assert.equal(metrics.wallTime, 1795398074044 - 1795398026108);
      assert.equal(metrics.jobTime, 60773 - 51917 + 71447 - 70463 + 73850 - 72105);
      assert.deepEqual(
        executors.map(({ id, cores, tasks, inputBytes }) => ({ id, cores, tasks, inputBytes })),
        [{ id: 'driver', cores: 1, tasks: 11, inputBytes: 37710 }],
      );
    });

    it('follows it while it grows, at any cut, to the name that it gets at the end', async () => {
      const open = join(folder, `${compressedId}.zstd.inprogress`);
      const bytes = readFileSync(zstd);
      writeFileSync(open, '');
      let seen = 0;
      for (let at = 0; at < bytes.length; at += 777) {
        appendFileSync(open, bytes.subarray(at, at + 777));
        await reader.read();
        const { completed } = reader.model.snapshot(1).tasks;
        assert.ok(completed >= seen);
        // What was flushed is seen before the log has its end.
        if (at > bytes.length * 0.9) assert.ok(completed >= 9, String(completed));
        seen = completed;
      }
      renameSync(open, join(folder, `${compressedId}.zstd`));
      await reader.read();
      assert.deepEqual(show(reader), compressed);
      assert.equal(reader.endedCleanly, true);
    });

    for (const codec of ['lz4', 'lzf', 'snappy']) {
      it(`takes the identity, but no events, from one with ${codec}, and says so`, async () => {
        const rolled = join(folder, rolledName);
        mkdirSync(rolled);
        writeFileSync(join(rolled, `appstatus_${rolledId}.inprogress`), '');
        writeFileSync(join(rolled, `events_1_${rolledId}.${codec}`), 'LZ4Block');
        await reader.read();
        assert.equal(reader.appId, rolledId);
        assert.equal(reader.endedCleanly, false);
        assert.equal(reader.unreadable, codec);
        const source = new ProgressSource(folder);
        const progress = await source.read({ id: 1, state: 'success', transitions: [] });
        assert.equal(progress.unreadable, codec);
      });
    }
  });
});
