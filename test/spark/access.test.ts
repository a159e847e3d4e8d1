import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Cluster } from '../../server/protocol/cluster.ts';
import { installTimeout, testRuntime } from './support/runtime.ts';
import { TestBackend } from './support/testBackend.ts';

const spec = { name: 'closed', provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' } as const;
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
/** Milliseconds in which an application that the master lets in has an executor; a stranger is refused for as long. */
const attempt = 60_000;

/** Needs no Python worker on the executor, so no Python that the other user can read. */
const count = `
from pyspark.sql import SparkSession
print("counted", SparkSession.builder.getOrCreate().range(100).count())
`;

describe('who gets in at a local cluster, with a real Spark', function () {
  this.timeout(10 * 60_000);
  let backend: TestBackend;
  let cluster: Cluster;
  /** Readable by everyone: a Spark, and the place of the other user. */
  let shared: string;
  before(async function () {
    this.timeout(installTimeout);
    backend = await TestBackend.start();
    const { spark } = await testRuntime();
    shared = mkdtempSync(join(tmpdir(), 'sparkdeck-access-'));
    chmodSync(shared, 0o755);
    link(spark.home, join(shared, 'spark'));
    writeFileSync(join(shared, 'count.py'), count);
    mkdirSync(join(shared, 'work'));
    chmodSync(join(shared, 'work'), 0o777);
    await backend.client.request('cluster/start', spec);
    cluster = await backend.client.request('cluster/await', { name: spec.name });
    assert.equal(cluster.state, 'running', cluster.reason);
  });
  after(async () => {
    await backend.stop();
    rmSync(shared, { recursive: true, force: true });
  });

  let submits = 0;
  /** Runs spark-submit as another user where this one may, and else as a program that has not been given the secret. */
  const submit = async (
    conf: Readonly<Record<string, string>>,
  ): Promise<{ output: string; failed: boolean }> => {
    const { java } = await testRuntime();
    const settings = join(shared, 'work', `spark-${++submits}.conf`);
    writeFileSync(
      settings,
      Object.entries({ 'spark.executor.memory': '512m', 'spark.ui.enabled': 'false', ...conf })
        .map(([key, value]) => `${key} ${value}`)
        .join('\n'),
    );
    const { all, failed } = await execa(
      join(shared, 'spark', 'bin', 'spark-submit'),
      ['--driver-memory', '512m', '--properties-file', settings, join(shared, 'count.py')],
      {
        all: true,
        reject: false,
        timeout: attempt,
        forceKillAfterDelay: 1000,
        cwd: join(shared, 'work'),
        extendEnv: false,
        env: {
          PATH: '/usr/bin:/bin',
          HOME: join(shared, 'work'),
          JAVA_HOME: java.home,
          PYSPARK_PYTHON: '/usr/bin/python3',
          SPARK_LOCAL_IP: '127.0.0.1',
        },
        ...(isRoot && { uid: nobody, gid: nobody }),
      },
    );
    return { output: all, failed };
  };
  const applications = async (): Promise<number> => {
    const { active, completed } = await backend.client.request('cluster/detail', { name: spec.name });
    return active.length + completed.length;
  };
  const master = (): string => cluster.masterUrl ?? '';

  const strangers: [what: string, conf: Record<string, string>][] = [
    ['no secret', {}],
    ['a wrong one', { 'spark.authenticate': 'true', 'spark.authenticate.secret': 'guessed' }],
  ];
  it("gives no executor to another user's program without the secret, or with a wrong one", async () => {
    const tries = strangers.map(async ([what, conf]) => {
      const { output, failed } = await submit({ 'spark.master': master(), ...conf });
      assert.ok(failed, `${what}: ${output}`);
      assert.doesNotMatch(output, /^counted/m, what);
      // It came as far as the master, and no further.
      assert.match(output, /Connecting to master|Failed to connect to master/, what);
    });
    await Promise.all(tries);
    assert.equal(await applications(), 0);
  });

  it('takes a program of the owner with the settings of `connect`', async () => {
    const { conf } = await backend.client.request('cluster/connection', { name: spec.name });
    assert.equal(conf['spark.master'], master());
    const { output } = await submit(conf);
    assert.match(output, /^counted 100$/m);
    assert.equal(await applications(), 1);
  });

  it('takes its own batches, and keeps the secret out of what others can see', async () => {
    const file = backend.script('count.py', count);
    const { id } = await backend.submit({ file, cluster: spec.name });
    const ended = await backend.end(id);
    assert.equal(ended.state, 'success', ended.reason);
    const { conf } = await backend.client.request('cluster/connection', { name: spec.name });
    const secret = conf['spark.authenticate.secret'] ?? '';
    assert.match(secret, /^[0-9a-f]{64}$/);
    const told = JSON.stringify([
      await backend.client.request('cluster/list', {}),
      await backend.client.request('batch/get', { id }),
      await backend.client.request('batch/command', { id }),
    ]);
    assert.ok(!told.includes(secret));
    const { stdout } = await execa('ps', ['axww', '-o', 'args']);
    assert.ok(!stdout.includes(secret));
    const { stdout: files } = await execa('grep', ['-rlF', secret, backend.dataFolder]);
    for (const each of files.split('\n')) assert.equal(statSync(each).mode & 0o077, 0, each);
    const pages = await fetch(`${cluster.uiUrl}/environment/`).then(answer => answer.text());
    assert.ok(!pages.includes(secret));
  });

  it('refuses a batch that would take another secret', async () => {
    const file = backend.script('count.py', count);
    await assert.rejects(
      backend.submit({ file, cluster: spec.name, conf: { 'spark.authenticate.secret': 'mine' } }),
      { code: 'conf.invalid', message: /has a secret of its own/ },
    );
  });

  it('keeps the secret when backend and master are started again', async () => {
    const before = await backend.client.request('cluster/connection', { name: spec.name });
    await backend.crashAndReturn();
    for (const pid of backend.processes('clusters', String(cluster.id), 'master'))
      process.kill(pid, 'SIGKILL');
    const file = backend.script('count.py', count);
    const ended = await backend.end((await backend.submit({ file, cluster: spec.name })).id);
    assert.equal(ended.state, 'success', ended.reason);
    assert.deepEqual(await backend.client.request('cluster/connection', { name: spec.name }), before);
  });
});

/** A copy of a folder whose files are the same ones, where the disk allows that. */
function link(from: string, to: string): void {
  mkdirSync(to, { mode: 0o755 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) link(source, target);
    else if (entry.isSymbolicLink()) cpSync(source, target, { dereference: true, recursive: true });
    else linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    cpSync(source, target);
  }
}
