import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Runtime } from '../../server/protocol/runtime.ts';
import { findDriverUi, readDriver } from '../../server/batches/progress/driverApi.ts';
import { findApplicationId } from '../../server/batches/progress/eventLogFiles.ts';
import { EventLogReader } from '../../server/batches/progress/eventLogReader.ts';
import { ProgressSource } from '../../server/batches/progress/progressSource.ts';
import { showProgress } from '../unit/batches/progress/showProgress.ts';
import { installTimeout, testRuntime } from './support/runtime.ts';

/** Its tasks of the second stage run until a file appears, so that the test decides how long "while it runs" is. */
const program = `
import os, sys, time
from pyspark import SparkContext

go = sys.argv[1]

def held(rows):
    while not os.path.exists(go):
        time.sleep(0.05)
    return rows

sc = SparkContext(appName="held up")
pairs = sc.parallelize(range(8), 2).map(lambda n: (n % 4, 1)).reduceByKey(lambda a, b: a + b, 4)
pairs.count()
sc.setJobDescription("the held job")
pairs.mapPartitions(held).collect()
sc.stop()
`;

describe('progress of a real application', () => {
  let runtime: Runtime;
  let folder: string;
  let events: string;
  let driver: ChildProcess;
  let taken: Server;
  let port: number;

  before(async function () {
    this.timeout(installTimeout);
    runtime = await testRuntime();
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-progress-'));
    events = join(folder, 'events');
    mkdirSync(events);
    writeFileSync(join(folder, 'held.py'), program);
    // The port that Spark is told is taken: it has to go on to another one.
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    assert.ok(typeof address === 'object' && address);
    ({ port } = address);
    driver = submit();
  });

  after(async () => {
    if (driver.exitCode === null && driver.signalCode === null && driver.pid !== undefined) {
      process.kill(-driver.pid, 'SIGKILL');
      await once(driver, 'exit');
    }
    taken.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function submit(): ChildProcess {
    const conf = {
      'spark.eventLog.enabled': 'true',
      'spark.eventLog.compress': 'false',
      'spark.eventLog.dir': events,
      'spark.ui.port': String(port),
    };
    const log = openSync(join(folder, 'log'), 'a');
    const started = spawn(
      join(runtime.spark.home, 'bin', 'spark-submit'),
      [
        ...['--master', 'local[2]', '--driver-memory', '512m'],
        ...Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
        join(folder, 'held.py'),
        join(folder, 'go'),
      ],
      {
        cwd: folder,
        detached: true,
        stdio: ['ignore', log, log],
        env: {
          ...process.env,
          SPARK_HOME: runtime.spark.home,
          JAVA_HOME: runtime.java.home,
          PYSPARK_PYTHON: runtime.python.path,
          SPARK_LOCAL_IP: '127.0.0.1',
        },
      },
    );
    closeSync(log);
    return started;
  }

  /** Asks again until there is an answer. */
  async function until<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      const log = (): string => readFileSync(join(folder, 'log'), 'utf8').slice(-3000);
      assert.equal(driver.exitCode, null, `The driver ended while the test waited for ${what}:\n${log()}`);
      await pause(50);
    }
  }

  it('is told live by the driver, and wholly by the event log in the end', async () => {
    const appId = await until('the application id', () => findApplicationId(events));
    const reader = new EventLogReader(events);
    await reader.read();
    assert.equal(reader.appId, appId);
    assert.equal(reader.endedCleanly, false);

    const uiUrl = await until('the UI', () => findDriverUi(port, appId));
    assert.notEqual(uiUrl, `http://127.0.0.1:${port}`);
    assert.equal(await findDriverUi(port, 'local-0'), undefined);

    const live = await until('two tasks at once', async () => {
      const answer = await readDriver(uiUrl, appId);
      return answer?.stages.some(stage => stage.numActiveTasks === 2 && stage.numTasks === 4)
        ? answer
        : undefined;
    });
    assert.equal(live.executors, 0);
    assert.equal(live.driverRunsTasks, true);
    const source = new ProgressSource(events);
    const batch = { id: 1, appId, sparkUiUrl: uiUrl, transitions: [{ state: 'running' as const, at: 1 }] };
    const progress = await until('the second job in the log', async () => {
      const merged = await source.read({ ...batch, state: 'running' });
      return merged.jobs[1]?.tasks.active === 2 && merged.jobs[1].stages.length === 2 ? merged : undefined;
    });
    assert.deepEqual(
      showProgress(progress).filter(line => !line.startsWith('job 0')),
      [
        '6/10 done, 2 active, 0 failed; 0 executors',
        '  stage 0 complete 2/2 done, 0 active, 0 failed',
        '  stage 1 complete 4/4 done, 0 active, 0 failed',
        'job 1 running: the held job, 0/4 done, 2 active, 0 failed',
        '  stage 2 skipped 0/2 done, 0 active, 0 failed',
        '  stage 3 active 0/4 done, 2 active, 0 failed',
      ],
    );
    // The log alone has its jobs, and leaves the tasks to the driver.
    await reader.read();
    assert.deepEqual(reader.model.snapshot(1).jobs[1]?.tasks.active, 0);

    writeFileSync(join(folder, 'go'), '');
    const [exitCode]: unknown[] = driver.exitCode === null ? await once(driver, 'exit') : [driver.exitCode];
    assert.equal(exitCode, 0);
    await reader.read();
    assert.equal(reader.endedCleanly, true);
    const [sum, ...jobs] = showProgress(reader.model.snapshot(1));
    assert.equal(sum, '10/10 done, 0 active, 0 failed; 0 executors');
    assert.equal(jobs.at(-1), '  stage 3 complete 4/4 done, 0 active, 0 failed');
    assert.equal(await readDriver(uiUrl, appId), undefined);
  });
});
