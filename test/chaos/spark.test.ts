import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Batch } from '../../server/protocol/batch.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { ChaosBackend } from './support/chaosBackend.ts';
import { inForm } from './support/form.ts';
import { killAll } from '../support/killAll.ts';

describe("chaos: Spark's own processes killed with -9", function () {
  this.timeout(60 * 60_000);
  let backend: ChaosBackend;
  const request = { cluster: 'chaos' };

  before(async function () {
    this.timeout(installTimeout);
    backend = await ChaosBackend.make();
    const spec = {
      name: 'chaos',
      provider: 'local',
      workers: 1,
      workerCores: 2,
      workerMemory: '1g',
    } as const;
    await backend.request('cluster/start', spec);
    assert.equal((await backend.request('cluster/await', { name: 'chaos' })).state, 'running');
  });
  after(async () => backend.stop());

  /** A batch whose application runs. */
  const running = async (key: string, seconds: number): Promise<Batch> => {
    const { id } = await backend.submit(key, { seconds, spark: true, request });
    for (;;) {
      const batch = await backend.request('batch/get', { id });
      if (batch.appId !== undefined || batch.reason !== undefined) return batch;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
  const javaOf = (...folder: string[]): number[] => backend.processes(...folder).filter(isJava);
  const healthy = async (): Promise<void> => {
    for (;;) {
      const detail = await backend.request('cluster/detail', { name: 'chaos' }).catch(() => undefined);
      if (detail?.masterState === 'ALIVE' && detail.workers.some(worker => worker.state === 'ALIVE')) return;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  };

  it('a driver: dead, with the signal named', async () => {
    for (let round = 0; round < inForm(1, 5); round++) {
      const key = backend.newKey();
      const { id } = await running(key, 600);
      killAll(javaOf('batches', String(id)));
      const ended = await backend.judge('driver JVM', key, id, ['dead'], [0, 1]);
      assert.match(ended?.reason ?? '', /SIGKILL/);
    }
  });

  it('every process of a batch at once: dead, not running for ever', async () => {
    for (let round = 0; round < inForm(1, 5); round++) {
      const key = backend.newKey();
      const { id } = await running(key, 600);
      killAll(backend.processes('batches', String(id)));
      await backend.judge('all processes of a batch', key, id, ['dead'], [0, 1]);
    }
  });

  it('every process of a batch and the backend at once, as in a power cut', async () => {
    for (let round = 0; round < inForm(1, 5); round++) {
      const key = backend.newKey();
      const { id } = await running(key, 600);
      const pid = await backend.pid();
      killAll([...backend.processes('batches', String(id)), pid]);
      await backend.judge('a batch and the backend together', key, id, ['dead'], [0, 1]);
    }
  });

  it('the master: it comes back with its application, which goes on to its end', async () => {
    for (let round = 0; round < inForm(1, 3); round++) {
      const key = backend.newKey();
      const { id, appId } = await running(key, 25);
      killAll(javaOf('clusters', '1', 'master'));
      await backend.judge('master', key, id, ['success']);
      await healthy();
      const { active, completed } = await backend.request('cluster/detail', { name: 'chaos' });
      assert.ok(
        [...active, ...completed].some(app => app.id === appId),
        'the new master knows the application',
      );
    }
  });

  it('a worker: it comes back, and the cluster takes the next job', async () => {
    for (let round = 0; round < inForm(1, 3); round++) {
      const key = backend.newKey();
      const { id } = await running(key, 5);
      killAll(javaOf('clusters', '1', 'worker-1'));
      // The program's own job may fail with its executor, or be run again on the next: both are true.
      await backend.judge('worker', key, id, ['success', 'dead']);
      await healthy();
      const next = backend.newKey();
      const after = await backend.submit(next, { spark: true, request });
      await backend.judge('the job after a worker fell', next, after.id, ['success']);
    }
  });
});

function isJava(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.endsWith('/java') ?? false;
  } catch {
    return false; // it has ended since it was found
  }
}
