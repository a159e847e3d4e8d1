import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { BatchRequest } from '../../server/protocol/batch.ts';
import { timingSteps } from '../../server/protocol/timing.ts';
import { installTimeout } from './support/runtime.ts';
import { TestBackend } from './support/testBackend.ts';
import { killAll } from '../support/killAll.ts';

const quick = `
import os, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("quick").getOrCreate()
print("args", sys.argv[1:], os.getcwd(), os.environ.get("PROBE"))
print("sum", spark.sparkContext.parallelize(range(100), 4).sum())
spark.stop()
`;

const slow = `
import time
from pyspark.sql import SparkSession
sc = SparkSession.builder.appName("slow").getOrCreate().sparkContext
print("begun", flush=True)
sc.parallelize(range(1000), 1000).foreach(lambda _: time.sleep(1))
`;

const failing = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
raise ValueError("no such luck")
`;

/** Says, when a file is there, whether its JVM has made ready to answer questions over HTTP. */
const asked = `
import os, sys, time
from pyspark.sql import SparkSession
sc = SparkSession.builder.getOrCreate().sparkContext
lang = sc._jvm.java.lang
def array(kind, item):
    one = sc._gateway.new_array(kind, 1)
    one[0] = item
    return one
while not os.path.exists(sys.argv[1]):
    time.sleep(0.1)
text = lang.Class.forName("java.lang.String")
find = lang.Class.forName("java.lang.ClassLoader").getDeclaredMethod("findLoadedClass", array(lang.Class, text))
find.setAccessible(True)
for name in ("org.apache.spark.SparkContext", "org.glassfish.jersey.server.ApplicationHandler"):
    print(find.invoke(lang.ClassLoader.getSystemClassLoader(), array(lang.Object, name)) is not None, flush=True)
`;

const plain = `import sys
print("no Spark here")
sys.exit(int(sys.argv[1]))
`;

describe('batches and a local cluster, with a real Spark', function () {
  this.timeout(10 * 60_000);
  let backend: TestBackend;
  let files: Record<'quick' | 'slow' | 'failing' | 'plain', string>;

  before(async function () {
    this.timeout(installTimeout);
    backend = await TestBackend.start();
    files = {
      quick: backend.script('quick.py', quick),
      slow: backend.script('slow ä.py', slow),
      failing: backend.script('failing.py', failing),
      plain: backend.script('plain.py', plain),
    };
    const spec = { name: 'test', provider: 'local', workers: 1, workerCores: 2, workerMemory: '1g' } as const;
    const starting = await backend.client.request('cluster/start', spec);
    assert.equal(starting.state, 'starting');
    const running = await backend.client.request('cluster/await', { name: 'test' });
    assert.equal(running.state, 'running', running.reason);
  });
  after(async () => backend.stop());

  const onCluster = (file: string, more: Partial<BatchRequest> = {}): BatchRequest => ({
    file,
    cluster: 'test',
    ...more,
  });
  const withoutCluster = (file: string, more: Partial<BatchRequest> = {}): BatchRequest => ({
    file,
    conf: { 'spark.master': 'local[1]' },
    ...more,
  });
  const refusal = async (request: BatchRequest): Promise<{ code: string; message: string }> => {
    const before = await backend.client.request('batch/list', {});
    let thrown: unknown;
    await backend.submit(request).catch((error: unknown) => (thrown = error));
    const after = await backend.client.request('batch/list', {});
    assert.equal(after.total, before.total, 'a refused request leaves nothing behind');
    assert.ok(thrown instanceof Error && 'code' in thrown, `not refused: ${JSON.stringify(request)}`);
    return { code: String(thrown.code), message: thrown.message };
  };

  it('shows the cluster as its master sees it', async () => {
    const detail = await backend.client.request('cluster/detail', { name: 'test' });
    assert.equal(detail.masterState, 'ALIVE');
    assert.deepEqual(
      detail.workers.map(worker => [worker.state, worker.cores, worker.memory, worker.host]),
      [['ALIVE', 2, 1024, '127.0.0.1']],
    );
  });

  it('listens on the loopback address alone', () => {
    const pids = new Set([
      ...backend.processes('clusters', '1', 'master'),
      ...backend.processes('clusters', '1', 'worker-1'),
    ]);
    assert.ok(pids.size >= 2);
    const listening = ['tcp', 'tcp6'].flatMap(table => listeners(table, pids));
    assert.ok(listening.length >= 3, 'master, its page and the worker listen');
    assert.deepEqual(
      listening.filter(address => !isLoopback(address)),
      [],
    );
  });

  it('runs a script to success: states in order, output, application, arguments and folder as given', async () => {
    const args = ['a b', "it's", '"q"', '$HOME', '*', 'ü', ''];
    const batch = await backend.submit(onCluster(files.quick, { args, environment: { PROBE: 'p 1' } }));
    assert.equal(batch.state, 'not_started');
    const ended = await backend.end(batch.id);
    assert.equal(ended.state, 'success', ended.reason);
    assert.deepEqual(
      ended.transitions.map(({ state }) => state),
      ['not_started', 'starting', 'running', 'success'],
    );
    const times = ended.transitions.map(({ at }) => at);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(ended.exitCode, 0);
    assert.match(ended.appId ?? '', /^app-\d{14}-\d{4}$/);
    const pythonList = `['a b', "it's", '"q"', '$HOME', '*', 'ü', '']`;
    assert.equal(await backend.output(batch.id), `args ${pythonList} ${backend.workFolder} p 1\nsum 4950\n`);
    const { completed } = await backend.client.request('cluster/detail', { name: 'test' });
    assert.ok(completed.some(app => app.id === ended.appId && app.batchId === batch.id));
    const progress = await backend.client.request('batch/progress', { id: batch.id });
    assert.equal(progress.appName, 'quick');
    assert.deepEqual(
      progress.jobs.map(job => [job.state, job.tasks.completed, job.stages.length]),
      [['succeeded', 4, 1]],
    );
    const { steps } = await backend.client.request('batch/timing', { id: batch.id });
    assert.deepEqual(
      steps.map(({ step }) => step),
      [...timingSteps],
    );
  });

  it('tells where the time of a batch went, each step in its place', async () => {
    const conf = { 'spark.master': 'local[2]' };
    const batch = await backend.submit({ file: files.quick, conf, environment: { PROBE: 'cold' } });
    assert.equal((await backend.end(batch.id)).state, 'success');
    const { way, steps } = await backend.client.request('batch/timing', { id: batch.id });
    assert.match(way?.kind ?? '', /^(plain|direct)$/);
    assert.notEqual(way?.why, undefined);
    assert.deepEqual(
      steps.map(({ step }) => step),
      timingSteps.filter(step => step !== 'executor'),
    );
    const { transitions } = await backend.client.request('batch/get', { id: batch.id });
    assert.equal(steps[0]?.at, transitions[0]?.at);
    assert.equal(steps.at(-1)?.at, transitions.at(-1)?.at);
    // Each by the clock of who took it: a JVM, a shell's file, the backend.
    assert.ok(new Set(steps.map(({ at }) => at)).size > 5);
  });

  it('keeps configuration out of the arguments and in a file of this user', async () => {
    const conf = { 'spark.hadoop.fs.s3a.secret.key': 'hush-hush', 'spark.test.text': ' ä = \\ : # ' };
    const batch = await backend.submit(onCluster(files.slow, { conf }));
    await backend.reaches(batch.id, ({ state }) => state === 'running');
    const commandLines = backend
      .processes('batches', String(batch.id))
      .map(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    assert.ok(commandLines.length >= 2);
    assert.deepEqual(
      commandLines.filter(line => line.includes('hush-hush')),
      [],
    );
    assert.equal(statSync(join(batch.folder, 'spark.conf')).mode & 0o777, 0o600);
    const { command } = await backend.client.request('batch/command', { id: batch.id });
    assert.doesNotMatch(command, /hush-hush/);
    await backend.client.request('batch/kill', { id: batch.id });
  });

  it('tells a failed script from a successful one, with the reason and the place', async () => {
    const ended = await backend.end((await backend.submit(onCluster(files.failing))).id);
    assert.equal(ended.state, 'dead');
    assert.equal(ended.exitCode, 1);
    assert.match(ended.reason ?? '', /ValueError: no such luck/);
    const { problems } = await backend.client.request('batch/problems', { id: ended.id });
    assert.deepEqual(
      problems.map(({ file, line }) => [file, line]),
      [[files.failing, 4]],
    );
  });

  it('says how a program ended that never had a SparkContext', async () => {
    const good = await backend.submit(withoutCluster(files.plain, { args: ['0'] }));
    const bad = await backend.submit(withoutCluster(files.plain, { args: ['3'] }));
    assert.equal((await backend.end(good.id)).state, 'success');
    const ended = await backend.end(bad.id);
    assert.deepEqual([ended.state, ended.exitCode], ['dead', 3]);
    assert.match(ended.reason ?? '', /3/);
    assert.equal(await backend.output(bad.id), 'no Spark here\n');
  });

  it('kills: no process left, no application on the master; a second kill and a rerun work', async () => {
    const batch = await backend.submit(onCluster(files.slow));
    const running = await backend.reaches(batch.id, ({ appId }) => appId !== undefined);
    await backend.client.request('batch/watch', { ids: [batch.id] });
    const killed = await backend.client.request('batch/kill', { id: batch.id });
    assert.equal(killed.state, 'killed');
    assert.deepEqual(backend.processes('batches', String(batch.id)), []);
    const { active } = await backend.client.request('cluster/detail', { name: 'test' });
    assert.deepEqual(
      active.filter(app => app.id === running.appId),
      [],
    );
    const killedTwice = await backend.client.request('batch/kill', { id: batch.id });
    assert.deepEqual(killedTwice.transitions, killed.transitions);

    const again = await backend.client.request('batch/rerun', {
      id: batch.id,
      changes: { file: files.quick, args: ['x'] },
    });
    assert.equal(again.rerunOf, batch.id);
    assert.equal((await backend.end(again.id)).state, 'success');
  });

  it('kills while it starts', async () => {
    const batch = await backend.submit(onCluster(files.quick));
    await backend.reaches(batch.id, ({ state }) => state === 'starting');
    assert.equal((await backend.client.request('batch/kill', { id: batch.id })).state, 'killed');
    assert.deepEqual(backend.processes('batches', String(batch.id)), []);
  });

  it('shows live task counts while someone looks', async () => {
    const batch = await backend.submit(onCluster(files.slow));
    await backend.client.request('batch/watch', { ids: [batch.id] });
    const live = await new Promise<{ total: number; active: number; completed: number }>(
      (resolve, reject) => {
        const subscription = backend.client.on('sparkdeck/changed', change => {
          if (change.topic !== 'progress' || change.id !== batch.id) return;
          backend.client.request('batch/progress', { id: batch.id }).then(({ tasks }) => {
            if (tasks.completed < 2) return;
            subscription.dispose();
            resolve(tasks);
          }, reject);
        });
      },
    );
    assert.equal(live.total, 1000);
    assert.ok(live.active >= 1 && live.completed < 1000);
    await backend.client.request('batch/kill', { id: batch.id });
    await backend.client.request('batch/watch', { ids: [] });
  });

  it("finds the driver's page without asking it, which would take it seconds to get ready for", async () => {
    const go = join(backend.workFolder, 'go');
    const { id } = await backend.submit(withoutCluster(backend.script('asked.py', asked), { args: [go] }));
    const { sparkUiUrl } = await backend.reaches(id, batch => batch.sparkUiUrl !== undefined);
    writeFileSync(go, '');
    assert.match(sparkUiUrl ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    const ended = await backend.end(id);
    assert.equal(ended.state, 'success', ended.reason);
    assert.equal((await backend.output(id)).trim(), 'True\nFalse');
  });

  it('survives a kill -9 of the backend: what runs is followed, killed and ended rightly', async () => {
    const long = await backend.submit(onCluster(files.slow));
    await backend.reaches(long.id, ({ state }) => state === 'running');
    const short = await backend.submit(withoutCluster(files.plain, { args: ['5'] }));
    await backend.crashAndReturn();
    const { clusters } = await backend.client.request('cluster/list', {});
    assert.deepEqual(
      clusters.map(({ spec, state }) => [spec.name, state]),
      [['test', 'running']],
    );
    const ended = await backend.end(short.id);
    assert.deepEqual([ended.state, ended.exitCode], ['dead', 5]);
    assert.equal(await backend.output(short.id), 'no Spark here\n', 'it ran once');
    assert.equal((await backend.client.request('batch/get', { id: long.id })).state, 'running');
    assert.equal((await backend.client.request('batch/kill', { id: long.id })).state, 'killed');
    assert.deepEqual(backend.processes('batches', String(long.id)), []);
  });

  it('knows what ended while no backend was there', async () => {
    const batch = await backend.submit(withoutCluster(files.plain, { args: ['0'] }));
    await backend.reaches(batch.id, ({ state }) => state === 'starting');
    await backend.crashAndReturn();
    assert.equal((await backend.end(batch.id)).state, 'success');
  });

  it('calls dead what vanished without a word', async () => {
    const batch = await backend.submit(onCluster(files.slow));
    await backend.reaches(batch.id, ({ state }) => state === 'running');
    killAll(backend.processes('batches', String(batch.id)));
    const ended = await backend.end(batch.id);
    assert.equal(ended.state, 'dead');
    assert.match(ended.reason ?? '', /SIGKILL|no exit code/);
  });

  it('runs a repeated submit once', async () => {
    const request = { ...withoutCluster(files.plain, { args: ['0'] }) };
    const params = { request, idempotencyKey: 'one and only' };
    const both = await Promise.all([
      backend.client.request('batch/submit', params),
      backend.client.request('batch/submit', params),
    ]);
    assert.equal(both[0].id, both[1].id);
    await backend.end(both[0].id);
    assert.equal((await backend.client.request('batch/submit', params)).state, 'success');
  });

  it('forgets a batch when told to, and not while it runs', async () => {
    const batch = await backend.submit(withoutCluster(files.plain, { args: ['0'] }));
    await assert.rejects(backend.client.request('batch/remove', { id: batch.id }), { code: 'batch.running' });
    await backend.end(batch.id);
    await backend.client.request('batch/remove', { id: batch.id });
    await assert.rejects(backend.client.request('batch/get', { id: batch.id }), { code: 'batch.missing' });
    assert.equal(existsSync(batch.folder), false);
  });

  it('refuses what could only fail, says why, and leaves nothing behind', async () => {
    const missing = await refusal(onCluster(join(backend.workFolder, 'nowhere.py')));
    assert.deepEqual([missing.code, /nowhere\.py/.test(missing.message)], ['file.missing', true]);
    assert.equal((await refusal(onCluster(backend.script('notes.txt', 'hello')))).code, 'file.kind');
    assert.equal(
      (await refusal(onCluster(files.quick, { conf: { 'spark master': 'x' } }))).code,
      'conf.invalid',
    );
    assert.equal((await refusal(onCluster(files.quick, { conf: { shuffle: 'x' } }))).code, 'conf.invalid');
    assert.equal((await refusal({ file: files.quick, cluster: 'other' })).code, 'cluster.missing');
    assert.equal((await refusal(onCluster(files.quick, { executorMemory: '4g' }))).code, 'batch.tooBig');
    assert.equal((await refusal(onCluster(files.quick, { driverMemory: '900t' }))).code, 'batch.tooBig');
    assert.equal(
      (await refusal(onCluster(files.quick, { pyFiles: ['/nowhere/lib.zip'] }))).code,
      'file.missing',
    );
    assert.equal((await refusal(onCluster(files.quick, { workingFolder: '/nowhere' }))).code, 'file.missing');
    assert.equal((await refusal(onCluster(backend.script('broken.jar', 'no zip')))).code, 'file.kind');
    assert.equal(
      (await refusal(withoutCluster(files.quick, { runtime: { javaHome: '/nowhere' } }))).code,
      'runtime.missing',
    );
    const unreadable = backend.script('secret.py', quick);
    chmodSync(unreadable, 0);
    if (process.getuid?.() !== 0) assert.equal((await refusal(onCluster(unreadable))).code, 'file.missing');
  });

  it('refuses a cluster that cannot be, and says why', async () => {
    const start = async (more: object): Promise<string> => {
      const spec = {
        name: 'other',
        provider: 'local',
        workers: 1,
        workerCores: 1,
        workerMemory: '1g',
        ...more,
      } as const;
      const thrown: unknown = await backend.client.request('cluster/start', spec).then(
        () => undefined,
        (error: unknown) => error,
      );
      return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'started';
    };
    assert.equal(await start({ workerMemory: '9000g' }), 'cluster.tooBig');
    assert.equal(await start({ workerMemory: '100m' }), 'cluster.tooBig');
    assert.equal(await start({ name: 'test' }), 'cluster.exists');
    assert.equal(await start({ name: 'Not A Name' }), 'request.invalid');
    const { clusters } = await backend.client.request('cluster/list', {});
    const taken = Number(new URL(clusters[0]?.uiUrl ?? '').port);
    assert.equal(await start({ masterUiPort: taken }), 'port.taken');
    assert.equal((await backend.client.request('cluster/list', {})).clusters.length, 1);
  });

  it('notices that a cluster fell, stops one wholly, and starts it again under its name', async () => {
    const running = await backend.submit(onCluster(files.slow));
    await backend.reaches(running.id, ({ state }) => state === 'running');
    await assert.rejects(backend.client.request('cluster/stop', { name: 'test' }), { code: 'cluster.busy' });
    await backend.client.request('cluster/stop', { name: 'test', force: true });
    assert.equal((await backend.end(running.id)).state, 'killed');
    assert.deepEqual(
      [...backend.processes('clusters', '1', 'master'), ...backend.processes('clusters', '1', 'worker-1')],
      [],
    );
    assert.equal((await refusal(onCluster(files.quick))).code, 'cluster.stopped');
    const local = await backend.submit({ file: files.quick });
    assert.deepEqual([local.cluster, local.master], [undefined, 'local[*]']);
    assert.equal((await backend.end(local.id)).state, 'success');

    const spec = {
      name: 'test',
      provider: 'local',
      workers: 2,
      workerCores: 1,
      workerMemory: '512m',
    } as const;
    await backend.client.request('cluster/start', spec);
    const again = await backend.client.request('cluster/await', { name: 'test' });
    assert.equal(again.state, 'running', again.reason);
    const felling = setInterval(() => {
      killAll(backend.processes('clusters', String(again.id), 'master'));
    }, 500);
    const reason = await new Promise<string>(resolve => {
      backend.client.on('sparkdeck/changed', change => {
        if (change.topic !== 'cluster') return;
        void backend.client.request('cluster/list', {}).then(({ clusters }) => {
          const now = clusters.find(({ id }) => id === again.id);
          if (now?.state === 'failed') resolve(now.reason ?? '');
        });
      });
    });
    clearInterval(felling);
    assert.match(reason, /master fell again and again/);
    assert.deepEqual(
      backend.processes('clusters', String(again.id), 'worker-1'),
      [],
      'its workers were ended too',
    );
  });
});

/** Local addresses, in hexadecimal, of the listening sockets of these processes; see proc_net_tcp(5). */
function listeners(table: string, pids: ReadonlySet<number>): string[] {
  const pid = [...pids][0] ?? 0;
  const inodes = new Set([...pids].flatMap(socketsOf));
  return readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
    .map(fields => fields[1]?.split(':')[0] ?? '');
}

function isLoopback(address: string): boolean {
  const loopback4 = '0100007F';
  return (
    address === loopback4 ||
    address === `0000000000000000FFFF0000${loopback4}` ||
    address === '00000000000000000000000001000000'
  );
}

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
    const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
    const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? [];
    return inode ? [inode] : [];
  });
}
