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

  it('takes the identity, but no events, from a compressed log', async () => {
    writeFileSync(join(folder, 'local-5.zstd.inprogress'), Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
    await reader.read();
    assert.equal(reader.appId, 'local-5');
    assert.equal(reader.endedCleanly, false);
  });
});
