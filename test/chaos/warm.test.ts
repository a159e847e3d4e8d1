import { installTimeout } from '../spark/support/runtime.ts';
import { ChaosBackend, isThere } from './support/chaosBackend.ts';
import { inForm } from './support/form.ts';
import { count } from './support/tally.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

describe('chaos: warm drivers', function () {
  this.timeout(90 * 60_000);
  let backend: ChaosBackend;

  before(async function () {
    this.timeout(installTimeout);
    backend = await ChaosBackend.make({ settings: { warmDrivers: 1 } });
  });
  after(async () => backend.stop());

  /** A first batch, after whose end a driver is kept for the next. */
  const warm = async (): Promise<void> => {
    const key = backend.newKey();
    const { id } = await backend.submit(key, {});
    await backend.request('batch/await', { id });
    await backend.warmed();
  };
  const wasWarm = (id: number): boolean =>
    readFileSync(join(backend.dataFolder, 'batches', String(id), 'start.json'), 'utf8').includes('"warm"');

  it('the backend killed with -9 as it has handed a batch to one', async () => {
    for (let round = 0; round < inForm(2, 8); round++) {
      const code = round % 2 === 0 ? 0 : 3;
      await backend.armed('launch.handed');
      await warm();
      const key = backend.newKey();
      const { id } = await backend.submit(key, { code, seconds: round % 3 });
      await backend.judge('backend at launch.handed', key, id, code === 0 ? ['success'] : ['dead']);
    }
  });

  it('the backend killed with -9 while one runs a batch', async () => {
    for (let round = 0; round < inForm(1, 6); round++) {
      await warm();
      const key = backend.newKey();
      const { id } = await backend.submit(key, { code: 3, seconds: 2, leaving: true });
      while (backend.runs(key) === 0) await new Promise(resolve => setTimeout(resolve, 20));
      await backend.crash();
      await backend.judge('backend while a warm driver runs', key, id, ['dead']);
      assert.ok(wasWarm(id));
    }
  });

  it('a job in one killed', async () => {
    for (let round = 0; round < inForm(1, 6); round++) {
      await warm();
      const key = backend.newKey();
      const { id } = await backend.submit(key, { seconds: 600, leaving: true });
      if (round % 2 === 0)
        while (backend.runs(key) === 0) await new Promise(resolve => setTimeout(resolve, 20));
      await backend.request('batch/kill', { id });
      await backend.judge('kill of a job in a warm driver', key, id, ['killed'], [0, 1]);
      assert.ok(wasWarm(id));
    }
  });

  it('the backend killed with -9 while one waits: it goes too', async () => {
    for (let round = 0; round < inForm(1, 4); round++) {
      await warm();
      const waiting = backend.warmProcesses();
      assert.ok(waiting.length > 0);
      await backend.crash();
      for (const end = Date.now() + 30_000; Date.now() < end && waiting.some(isThere);)
        await new Promise(resolve => setTimeout(resolve, 50));
      const left = waiting.filter(isThere).length;
      count('backend while a warm driver waits', { lost: 0, doubled: 0, misreported: 0, orphaned: left }, '');
    }
  });
});
