import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authentication, makeSecret } from '../../../server/clusters/clusterSecret.ts';
import { LocalProvider } from '../../../server/clusters/localProvider.ts';
import type { RunningCluster } from '../../../server/clusters/provider.ts';

/** A cluster whose processes are gone. Its Java is not there, so what is started again ends at once. */
const fallen: RunningCluster = {
  id: 1,
  spec: { name: 'c', provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' },
  state: 'running',
  createdAt: 1,
  runtime: {
    java: { home: '/absent', version: 17, fullVersion: '17.0.1', source: 'PATH' },
    spark: { home: '/absent', version: '4.3.0', source: 'SPARK_HOME' },
    python: { path: '/absent', version: '3.12.1', source: 'PATH' },
  },
  masterUrl: 'spark://127.0.0.1:1',
  uiUrl: 'http://127.0.0.1:1',
  revision: 1,
};

describe('clusters/clusterSecret', () => {
  let folder: string;
  let provider: LocalProvider;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-secret-'));
    provider = new LocalProvider({ cores: 4, memory: 8 * 2 ** 30 }, {}, () => []);
  });
  afterEach(async () => {
    await provider.stop(folder, 1);
    rmSync(folder, { recursive: true, force: true });
  });

  const secretFile = (): string => join(folder, 'secret');
  const damages: [string, () => void, RegExp][] = [
    ['removed', () => rmSync(secretFile()), /secret, is gone, .*Start it again/],
    ['emptied', () => truncateSync(secretFile()), /secret, is damaged, .*Start it again/],
    ['cut short', () => truncateSync(secretFile(), 20), /secret, is damaged, .*Start it again/],
  ];
  for (const [what, damage, reason] of damages) {
    it(`nothing of a cluster is started without its secret, which was ${what}`, () => {
      makeSecret(folder);
      damage();
      const cluster = { ...fallen, secured: true };
      const { lost } = provider.tend(cluster, folder);
      assert.match(lost ?? '', reason);
      assert.ok(!existsSync(join(folder, 'master')), 'no master');
      assert.throws(() => provider.authentication(cluster, folder), { code: 'cluster.failed' });
    });
  }

  it('a secret that can not be read now is not lost', () => {
    mkdirSync(secretFile());
    assert.throws(() => provider.tend({ ...fallen, secured: true }, folder), /EISDIR/);
    assert.ok(!existsSync(join(folder, 'master')), 'no master');
    rmSync(secretFile(), { recursive: true });
  });

  it('a cluster with its secret is started again with it', () => {
    makeSecret(folder);
    const settings = authentication(folder, true);
    assert.deepEqual(provider.tend({ ...fallen, secured: true }, folder).troubles, []);
    const properties = readFileSync(join(folder, 'master', 'spark.conf'), 'utf8');
    assert.match(properties, new RegExp(String(settings['spark.authenticate.secret'])));
  });

  it('a cluster that an older version started without one goes on without', () => {
    assert.deepEqual(provider.tend(fallen, folder).troubles, []);
    assert.ok(existsSync(join(folder, 'master')), 'its master is started again');
    assert.deepEqual(provider.authentication(fallen, folder), {});
  });
});
