import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../server/protocol/cluster.ts';
import { installTimeout } from './support/runtime.ts';
import { TestBackend } from './support/testBackend.ts';
import { killAll } from '../support/killAll.ts';

const spec = { name: 'test', provider: 'local', workers: 2, workerCores: 1, workerMemory: '512m' } as const;

const sum = `
from pyspark.sql import SparkSession
print("sum", SparkSession.builder.getOrCreate().sparkContext.parallelize(range(100), 4).sum())
`;

const slow = `
import time
from pyspark.sql import SparkSession
sc = SparkSession.builder.getOrCreate().sparkContext
sc.parallelize(range(1000), 1000).foreach(lambda _: time.sleep(1))
`;

const chatty = `
import sys
from pyspark.sql import SparkSession
def chat(_):
    for _ in range(50): print("x" * 2**20, file=sys.stderr)
SparkSession.builder.getOrCreate().sparkContext.parallelize([1], 1).foreach(chat)
`;

describe('a local cluster that meets trouble, with a real Spark', function () {
  this.timeout(10 * 60_000);
  let backend: TestBackend;
  let files: Record<'sum' | 'slow' | 'chatty', string>;
  let cluster: Cluster;

  before(async function () {
    this.timeout(installTimeout);
    backend = await TestBackend.start();
    files = {
      sum: backend.script('sum.py', sum),
      slow: backend.script('slow.py', slow),
      chatty: backend.script('chatty.py', chatty),
    };
    await start();
  });
  after(async () => backend.stop());

  const start = async (): Promise<void> => {
    await backend.client.request('cluster/start', spec);
    cluster = await backend.client.request('cluster/await', { name: 'test' });
    assert.equal(cluster.state, 'running', cluster.reason);
    assert.equal(cluster.reason, undefined);
  };
  const now = async (): Promise<Cluster | undefined> =>
    (await backend.client.request('cluster/list', {})).clusters.find(({ id }) => id === cluster.id);
  const becomes = (wanted: (now: Cluster) => boolean): Promise<Cluster> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        now().then(found => {
          if (!found || !wanted(found)) return;
          subscription.dispose();
          resolve(found);
        }, reject);
      };
      const subscription = backend.client.on('sparkdeck/changed', look);
      look();
    });
  const processes = (role: string): number[] => backend.processes('clusters', String(cluster.id), role);
  const partFile = (...names: string[]): string =>
    join(backend.dataFolder, 'clusters', String(cluster.id), ...names);
  const kill = (role: string): void => killAll(processes(role));
  const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
    for (const limit = performance.now() + 180_000; !(await condition());) {
      assert.ok(performance.now() < limit, `never: ${what}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };
  const backendLog = (): string => readFileSync(join(backend.dataFolder, 'backend.log'), 'utf8');
  const aliveWorkers = async (): Promise<number> =>
    backend.client.request('cluster/detail', { name: 'test' }).then(
      ({ workers }) => workers.filter(({ state }) => state === 'ALIVE').length,
      () => 0,
    );
  const fellFor = async (role: string, done: Promise<Cluster>): Promise<Cluster> => {
    const felling = setInterval(() => kill(role), 200);
    return done.finally(() => clearInterval(felling));
  };
  const runsABatch = async (): Promise<void> => {
    const batch = await backend.submit({ file: files.sum, cluster: 'test' });
    const ended = await backend.end(batch.id);
    assert.equal(ended.state, 'success', ended.reason);
  };

  it('goes on while what fell cannot be started again for a full disk, and then has it back', async () => {
    const settings = partFile('worker-2', 'spark.conf');
    const kept = readFileSync(settings);
    rmSync(settings);
    // Whoever writes to it meets a full disk, https://man7.org/linux/man-pages/man4/full.4.html
    symlinkSync('/dev/full', settings);
    kill('worker-2');
    await until('the trouble is logged', () => /worker-2: ENOSPC/.test(backendLog()));
    await runsABatch();
    const meanwhile = await now();
    assert.deepEqual([meanwhile?.state, meanwhile?.reason], ['running', undefined]);
    assert.deepEqual(processes('worker-2'), []);

    rmSync(settings);
    writeFileSync(settings, kept);
    await until('both workers are alive', async () => (await aliveWorkers()) === 2);
    assert.match(backendLog(), /cluster test: nothing is in the way any more/);
    assert.equal(backendLog().match(/worker-2: ENOSPC/g)?.length, 1, 'said once, not at every look');
  });

  it('cuts a log that grew large, and its process writes on in it', async () => {
    const log = partFile('master', 'stderr.log');
    const large = 17 * 2 ** 20;
    writeFileSync(log, `${'x'.repeat(99)}\n`.repeat(large / 100), { flag: 'a' });
    await until('it is cut', () => statSync(log).size < 2 * 2 ** 20);
    const { size } = statSync(log);
    await runsABatch();
    await until('the master wrote', () => statSync(log).size > size);
    assert.match(readFileSync(log, 'utf8'), /^x{99}\n[^]*x{99}\n[^]*Registered app/);
  });

  it('rolls the output of a chatty executor', async () => {
    const batch = await backend.submit({ file: files.chatty, cluster: 'test' });
    const { state, appId, reason } = await backend.end(batch.id);
    assert.equal(state, 'success', reason);
    const outputs = ['worker-1', 'worker-2']
      .map(role => partFile(role, 'work', appId ?? ''))
      .filter(existsSync)
      .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }));
    assert.ok(
      outputs.some(name => /stderr--/.test(name)),
      outputs.join(),
    );
  });

  it('gives up a worker that falls again and again, alone, and then the cluster with its last worker', async () => {
    const reduced = await fellFor(
      'worker-2',
      becomes(({ reason }) => reason !== undefined),
    );
    assert.equal(reduced.state, 'running');
    assert.match(
      reduced.reason ?? '',
      /^The worker-2 fell again and again, so the cluster goes on without it\./,
    );
    await runsABatch();
    assert.deepEqual(processes('worker-2'), [], 'it stays down');

    const lost = await fellFor(
      'worker-1',
      becomes(({ state }) => state === 'failed'),
    );
    assert.match(lost.reason ?? '', /^The worker-1, worker-2 fell again and again\./);
    assert.deepEqual([...processes('master'), ...processes('worker-1')], []);

    const { id } = cluster;
    await start();
    assert.ok(cluster.id > id);
    assert.equal(await aliveWorkers(), 2);
    await until('the old folder is gone', () => !existsSync(partFile('..', String(id))));
  });

  it('ends no worker on which something runs when there are too many, and gives no number twice', async () => {
    const busy = await backend.submit({ file: files.slow, cluster: 'test' });
    const coresUsed = async (): Promise<number> => {
      const { workers } = await backend.client.request('cluster/detail', { name: 'test' });
      return workers.reduce((sum, worker) => sum + worker.coresUsed, 0);
    };
    await until('it runs on both workers', async () => (await coresUsed()) === 2);
    await backend.reaches(busy.id, ({ state }) => state === 'running');
    // The kernel has to know the executors too, not the master alone.
    await until('both executors are there', () =>
      ['worker-1', 'worker-2'].every(role => processes(role).length > 2),
    );
    await backend.client.request('cluster/scale', { name: 'test', workers: 1 });
    const waiting = await becomes(({ reason }) => reason !== undefined);
    assert.equal(waiting.reason, '1 of its workers will be ended when nothing runs on it.');
    assert.deepEqual([await aliveWorkers(), waiting.spec.workers], [2, 1]);
    await backend.client.request('batch/kill', { id: busy.id });
    await until('one worker is left', async () => (await aliveWorkers()) === 1);
    await becomes(({ reason }) => reason === undefined);
    await until('nothing of it is left', () => processes('worker-2').length === 0);
    await runsABatch();
    await until('its work is gone', () => !existsSync(partFile('worker-2', 'work')));

    await backend.client.request('cluster/scale', { name: 'test', workers: 2 });
    await until('there are two again', async () => (await aliveWorkers()) === 2);
    assert.ok(processes('worker-3').length > 0);
    await runsABatch();
  });

  it('takes no batch from the moment it is stopped, and is stopped for good when the backend dies over it', async () => {
    const running = await backend.submit({ file: files.slow, cluster: 'test' });
    await backend.reaches(running.id, ({ state }) => state === 'running');
    await assert.rejects(backend.client.request('cluster/stop', { name: 'test' }), { code: 'cluster.busy' });
    assert.equal((await now())?.state, 'running', 'a refused stop changes nothing');

    const stopping = backend.client.request('cluster/stop', { name: 'test', force: true });
    stopping.catch(() => undefined);
    await becomes(({ state }) => state === 'stopping');
    await assert.rejects(backend.submit({ file: files.sum, cluster: 'test' }), { code: 'cluster.stopped' });
    await backend.crashAndReturn();
    const stopped = await backend.client.request('cluster/await', { name: 'test' });
    assert.deepEqual([stopped.state, stopped.reason], ['stopped', undefined]);
    assert.deepEqual([...processes('master'), ...processes('worker-1'), ...processes('worker-3')], []);
    await backend.client.request('cluster/remove', { name: 'test' });
    await until('its folder is gone', () => !existsSync(partFile()));
  });
});
