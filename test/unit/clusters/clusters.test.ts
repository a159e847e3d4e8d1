import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Clusters, type ClustersOptions } from '../../../server/clusters/clusters.ts';
import { ClusterTable } from '../../../server/clusters/clusterTable.ts';
import type { ClusterProvider, RunningCluster, Started, Tended } from '../../../server/clusters/provider.ts';
import type { Cluster, ClusterSpec } from '../../../server/protocol/cluster.ts';
import { SparkdeckError } from '../../../server/protocol/errors.ts';
import type { Runtime } from '../../../server/protocol/runtime.ts';
import { Changes } from '../../../server/store/changes.ts';
import { openDatabase } from '../../../server/store/database.ts';

const spec: ClusterSpec = { name: 'c', provider: 'local', workers: 2, workerCores: 1, workerMemory: '1g' };
const runtime: Runtime = {
  java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
  spark: { home: '/spark', version: '4.3.0', source: 'SPARK_HOME' },
  python: { path: '/python', version: '3.12.1', source: 'PATH' },
};
const urls = { masterUrl: 'spark://127.0.0.1:1', uiUrl: 'http://127.0.0.1:1' };

/** Stands in for real processes, which test/spark has: what is looked at here is what becomes of a cluster's state. */
class InMemoryProvider implements ClusterProvider {
  onStart: (signal: AbortSignal) => Promise<Started> = async () => urls;
  onStop: () => Promise<boolean> = async () => true;
  onTend: (cluster: RunningCluster) => Tended = () => ({ troubles: [] });
  readonly stopped: string[] = [];

  async check(): Promise<void> {}

  checkSize: () => void = () => undefined;

  async start(_spec: ClusterSpec, _runtime: Runtime, _folder: string, signal: AbortSignal): Promise<Started> {
    return this.onStart(signal);
  }

  tend(cluster: RunningCluster): Tended {
    return this.onTend(cluster);
  }

  authentication = (): Record<string, string> => ({ 'spark.authenticate.secret': 'a secret' });

  async stop(folder: string): Promise<boolean> {
    this.stopped.push(folder);
    return this.onStop();
  }
}

describe('clusters/clusters', () => {
  let root: string;
  let database: DatabaseSync;
  let table: ClusterTable;
  let changes: Changes;
  let provider: InMemoryProvider;
  let clusters: Clusters;
  let log: string[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sparkdeck-clusters-'));
    log = [];
    ({ database } = openDatabase(root));
    begin();
  });
  afterEach(() => {
    clusters.close();
    database.close();
    rmSync(root, { recursive: true, force: true });
  });

  const folder = (...names: string[]): string => join(root, 'clusters', ...names);
  const begin = (): void => {
    changes = new Changes();
    table = new ClusterTable(database, changes, folder(), line => log.push(line));
    provider = new InMemoryProvider();
    clusters = new Clusters(options());
  };
  const options = (): ClustersOptions => ({
    table,
    changes,
    provider,
    resolveRuntime: async () => runtime,
    log: line => log.push(line),
    lookInterval: 5,
  });
  const settled = (): Promise<Cluster> => clusters.await('c', AbortSignal.timeout(20_000));
  const becomes = (wanted: (cluster: Cluster) => boolean): Promise<Cluster> =>
    changes.until(
      'cluster',
      clusters.get('c').id,
      () => clusters.list().find(wanted),
      AbortSignal.timeout(20_000),
    );
  const running = async (): Promise<Cluster> => {
    await clusters.start(spec);
    const cluster = await settled();
    assert.equal(cluster.state, 'running', cluster.reason);
    return cluster;
  };
  const until = async (condition: () => boolean): Promise<void> => {
    for (const limit = performance.now() + 20_000; !condition();) {
      assert.ok(performance.now() < limit, `never: ${String(condition)}`);
      await new Promise(resolve => setImmediate(resolve));
    }
  };

  it('starts, and says why when it fails, and starts again', async () => {
    const ended = new SparkdeckError('cluster.failed', 'The master ended.');
    provider.onStart = async () => Promise.reject(ended);
    await clusters.start(spec);
    const failed = await settled();
    assert.deepEqual([failed.state, failed.reason], ['failed', 'The master ended.']);
    assert.deepEqual(provider.stopped, [folder('1')], 'what was started by then is ended');

    provider.onStart = async () => urls;
    const again = await running();
    assert.notEqual(again.id, failed.id);
    assert.equal(again.reason, undefined);
    await until(() => readdirSync(folder()).join() === String(again.id));
  });

  it('goes on when it cannot be looked after, says so once, and looks again', async () => {
    await running();
    let looks = 0;
    provider.onTend = () => {
      looks += 1;
      throw new Error('ENOSPC: no space left on device');
    };
    clusters.recover(false);
    await until(() => looks > 3);
    assert.equal(clusters.get('c').state, 'running');
    provider.onTend = () => ({ troubles: ['worker-1: EMFILE'] });
    await until(() => log.length === 2);
    provider.onTend = () => ({ troubles: [] });
    await until(() => log.length === 3);
    assert.deepEqual(log, [
      'cluster c: ENOSPC: no space left on device',
      'cluster c: worker-1: EMFILE',
      'cluster c: nothing is in the way any more',
    ]);
    assert.deepEqual(provider.stopped, []);
  });

  it('survives a look at a database that is gone', async () => {
    await running();
    clusters.recover(false);
    database.close();
    await until(() => log.length > 1);
    assert.match(log[0] ?? '', /^clusters can't be looked at: /);
    ({ database } = openDatabase(root));
  });

  it('goes on without a worker, with a note that goes when the worker is back or the cluster is stopped', async () => {
    await running();
    clusters.recover(false);
    provider.onTend = () => ({ note: 'worker-2 fell', troubles: [] });
    await becomes(({ state, reason }) => state === 'running' && reason === 'worker-2 fell');
    provider.onTend = () => ({ troubles: [] });
    await becomes(({ state, reason }) => state === 'running' && reason === undefined);
    provider.onTend = () => ({ note: 'worker-2 fell', troubles: [] });
    await becomes(({ reason }) => reason === 'worker-2 fell');
    const stopped = await clusters.stop('c');
    assert.deepEqual([stopped.state, stopped.reason], ['stopped', undefined]);
  });

  it('fails with the reason when it is lost; stopped or started again, it has none', async () => {
    await running();
    provider.onTend = () => ({ lost: 'The master fell again and again.', troubles: [] });
    assert.throws(() => clusters.running('c'), { code: 'cluster.stopped' });
    const failed = await settled();
    assert.deepEqual([failed.state, failed.reason], ['failed', 'The master fell again and again.']);
    assert.throws(() => clusters.running('c'), {
      message: /is failed \(The master fell again and again\.\)/,
    });
    const stopped = await clusters.stop('c');
    assert.deepEqual([stopped.state, stopped.reason], ['stopped', undefined]);
    provider.onTend = () => ({ troubles: [] });
    assert.equal((await running()).reason, undefined);
  });

  it('takes nothing more from the moment of a stop, and ends its processes after what is on it', async () => {
    await running();
    const order: string[] = [];
    provider.onStop = async () => {
      order.push('processes');
      return true;
    };
    const stopping = clusters.stop('c', async () => {
      order.push(clusters.get('c').state);
    });
    assert.throws(() => clusters.running('c'), { code: 'cluster.stopped', message: /is stopping/ });
    const second = clusters.stop('c');
    assert.equal((await stopping).state, 'stopped');
    assert.equal((await second).state, 'stopped');
    assert.deepEqual(order, ['stopping', 'processes']);
  });

  it('runs on when a stop is refused at the last moment', async () => {
    await running();
    const busy = new SparkdeckError('cluster.busy', 'A batch runs.');
    await assert.rejects(
      clusters.stop('c', async () => Promise.reject(busy)),
      busy,
    );
    assert.equal(clusters.running('c').state, 'running');
    assert.deepEqual(provider.stopped, []);
    await clusters.stop('c', async () => Promise.reject(new Error('a batch would not end')));
    assert.equal(clusters.get('c').state, 'stopped');
  });

  it('calls off a start', async () => {
    provider.onStart = signal =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('called off'))));
    await clusters.start(spec);
    const stopped = await clusters.stop('c');
    assert.deepEqual([stopped.state, stopped.reason], ['stopped', undefined]);
  });

  it('says so when processes cannot be ended, does not forget them, and has another go', async () => {
    await running();
    provider.onStop = async () => Promise.reject(new Error('EMFILE'));
    const failed = await clusters.stop('c');
    assert.equal(failed.state, 'failed');
    assert.match(failed.reason ?? '', /could not be ended: EMFILE\. Stop it again/);
    provider.onStop = async () => false;
    assert.match((await clusters.stop('c')).reason ?? '', /^Some of its processes could not be ended/);
    await assert.rejects(clusters.start(spec), { code: 'cluster.busy' });
    await assert.rejects(clusters.remove('c'), { code: 'cluster.busy' });
    assert.equal(clusters.get('c').id, failed.id);
    provider.onStop = async () => true;
    const stopped = await clusters.stop('c');
    assert.deepEqual([stopped.state, stopped.reason], ['stopped', undefined]);
    await clusters.remove('c');
    assert.throws(() => clusters.get('c'), { code: 'cluster.missing' });
    await until(() => readdirSync(folder()).length === 0);
  });

  it('removes a cluster only when it is down', async () => {
    await running();
    await assert.rejects(clusters.remove('c'), { code: 'cluster.busy' });
  });

  it('leaves nothing of a start that cannot be written down, and keeps the old one', async () => {
    const old = await running();
    await clusters.stop('c');
    const next = folder(String(old.id + 1));
    mkdirSync(next);
    // Whoever writes to it meets a full disk, https://man7.org/linux/man-pages/man4/full.4.html
    symlinkSync('/dev/full', join(next, 'record.json.new'));
    await assert.rejects(clusters.start(spec), { code: 'disk.full', message: /Free some space/ });
    assert.deepEqual([clusters.get('c').id, clusters.get('c').state], [old.id, 'stopped']);
    assert.ok(existsSync(folder(String(old.id))));
    assert.equal((await running()).state, 'running');
  });

  it('goes on when only the copy of a row cannot be written', async () => {
    const { id } = await running();
    symlinkSync('/dev/full', folder(String(id), 'record.json.new'));
    assert.equal((await clusters.stop('c')).state, 'stopped');
    assert.match(log.join('\n'), /the record of the cluster c can't be written: ENOSPC/);
  });

  it('takes up an ending whose outcome could not be written down', async () => {
    await running();
    clusters.recover(false);
    provider.onStop = async () => {
      database.exec(
        `CREATE TRIGGER full BEFORE UPDATE ON clusters BEGIN SELECT RAISE(ABORT, 'can''t be written'); END`,
      );
      return true;
    };
    await assert.rejects(clusters.stop('c'), { message: "can't be written" });
    assert.equal(clusters.get('c').state, 'stopping');
    provider.onStop = async () => true;
    database.exec('DROP TRIGGER full');
    await becomes(({ state }) => state === 'stopped');
  });

  const interrupted: [string, (cluster: Cluster) => void, Cluster['state'], RegExp][] = [
    ['a start', () => undefined, 'running', /^$/],
    ['a stop', cluster => table.update(cluster, { state: 'stopping' }), 'stopped', /^$/],
    [
      'an ending for a reason',
      cluster => table.update(cluster, { state: 'stopping', reason: 'The master fell.' }),
      'failed',
      /^The master fell\.$/,
    ],
  ];
  for (const [what, interrupt, state, reason] of interrupted) {
    it(`finishes ${what} that an end of the backend broke off`, async () => {
      const cluster = table.add(spec, runtime);
      interrupt(cluster);
      begin();
      clusters.recover(false);
      const after = await settled();
      assert.equal(after.state, state);
      assert.match(after.reason ?? '', reason);
      assert.deepEqual(provider.stopped, [folder(String(cluster.id))], 'what there was of it is ended first');
      if (after.state !== 'running') assert.equal((await running()).state, 'running');
    });
  }

  it('makes a lost table anew from the copies, with the newest cluster of each name', async () => {
    await running();
    await clusters.stop('c');
    const kept = table.add({ ...spec, name: 'd' }, runtime);
    const orphan = folder('0');
    mkdirSync(orphan, { recursive: true });
    writeFileSync(join(orphan, 'record.json'), JSON.stringify({ ...kept, id: 0 }));
    mkdirSync(folder('removed-7-1', 'deep'), { recursive: true });
    database.exec('DELETE FROM clusters; DELETE FROM sqlite_sequence');
    begin();
    clusters.recover(true);
    assert.deepEqual(
      clusters.list().map(({ id, spec: { name } }) => [id, name]),
      [
        [1, 'c'],
        [kept.id, 'd'],
      ],
    );
    assert.equal(clusters.get('c').state, 'stopped');
    assert.ok(table.add({ ...spec, name: 'e' }, runtime).id > kept.id);
    await until(() => !existsSync(folder('removed-7-1')));
  });

  it('keeps in row and copy that a cluster has a secret; one of an older version has none', async () => {
    const older = await running();
    assert.equal(older.secured, undefined);
    await clusters.stop('c');
    provider.onStart = async () => ({ ...urls, secured: true });
    assert.equal((await running()).secured, true);
    assert.equal(clusters.scale('c', 1).secured, true);
    database.exec('DELETE FROM clusters');
    begin();
    clusters.recover(true);
    assert.equal(clusters.get('c').secured, true);
  });

  it('becomes larger and smaller while it runs, and is looked after with its new size', async () => {
    await running();
    const sizes: number[] = [];
    provider.onTend = ({ spec }) => {
      sizes.push(spec.workers);
      return { troubles: [] };
    };
    assert.equal(clusters.scale('c', 3).spec.workers, 3);
    assert.equal(sizes.at(-1), 3);
    assert.equal(clusters.scale('c', 1).spec.workers, 1);
    assert.deepEqual([clusters.get('c').state, sizes.at(-1)], ['running', 1]);
    provider.checkSize = () => {
      throw new SparkdeckError('cluster.tooBig', 'no');
    };
    assert.throws(() => clusters.scale('c', 2), { code: 'cluster.tooBig' });
    await clusters.stop('c');
    assert.throws(() => clusters.scale('c', 1), { code: 'cluster.stopped' });
  });

  it('tells before its time is over, then ends what is on it, and keeps why', async () => {
    const ended: string[] = [];
    clusters = new Clusters({ ...options(), beforeExpiry: async name => void ended.push(name) });
    await clusters.start({ ...spec, ttl: 1000 });
    const { expiresAt = 0, createdAt } = await settled();
    assert.equal(expiresAt, createdAt + 1_000_000);
    clusters.recover(false);
    database.exec('UPDATE clusters SET created_at = created_at - 10000000');
    const soon = { state: 'running', expiresAt: Date.now() + 100_000 } as const;
    table.update(clusters.get('c'), soon);
    const warned = await becomes(({ notice }) => notice !== undefined);
    assert.equal(warned.state, 'running');
    assert.match(warned.notice ?? '', /^It will be stopped at \d{4}-.*Z, with what runs on it then\. Extend/);
    const extended = clusters.extend('c', 1_000_000);
    assert.deepEqual([extended.expiresAt, extended.notice], [soon.expiresAt + 1_000_000, undefined]);
    table.update(clusters.get('c'), { state: 'running', expiresAt: Date.now() - 1 });
    const stopped = await becomes(({ state }) => state === 'stopped');
    assert.match(stopped.notice ?? '', /^It was stopped since its time was over/);
    assert.deepEqual(ended, ['c']);
    assert.ok(log.some(line => /It will be stopped/.test(line)) && log.some(line => /was over/.test(line)));
    assert.throws(() => clusters.extend('c', 1), { code: 'cluster.stopped' });
    await clusters.start(spec);
    const again = await settled();
    assert.deepEqual([again.notice, again.expiresAt], [undefined, undefined]);
    assert.equal(clusters.extend('c', 1000).expiresAt, undefined);
  });

  it('knows how long starts took', async () => {
    assert.equal(clusters.usualStart(2), undefined);
    const { createdAt } = await running();
    const took = clusters.usualStart(2) ?? -1;
    assert.ok(took >= 0 && took <= Date.now() - createdAt);
    for (const [workers, time] of [
      [2, 5000],
      [2, 7000],
      [8, 20_000],
    ] as const) {
      table.noteStart(workers, time);
    }
    assert.deepEqual([clusters.usualStart(2), clusters.usualStart(8)], [5000, 20_000]);
    assert.ok([5000, 7000].includes(clusters.usualStart(4) ?? 0), 'of no such start, the median of all');
  });
});
