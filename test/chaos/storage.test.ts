import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExit } from '../../server/process/launch.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { ChaosBackend } from './support/chaosBackend.ts';
import { fillDisk, mountSmallDisk, unmountSmallDisk } from './support/smallDisk.ts';

describe('chaos: storage', function () {
  this.timeout(30 * 60_000);

  const small = mountSmallDisk();
  const full = small ? it : it.skip;
  let backend: ChaosBackend;
  afterEach(async () => backend?.stop());
  after(() => {
    if (small) unmountSmallDisk(small);
  });

  full(
    `a full disk: a submit is refused clearly, what runs goes on${small ? '' : ' (skipped: a small file system can only be mounted by root)'}`,
    async function () {
      this.timeout(installTimeout);
      backend = await ChaosBackend.make({ root: join(small ?? '', 'root') });
      const key = backend.newKey();
      const { id } = await backend.submit(key, { seconds: 5 });
      while (backend.runs(key) === 0) await pause();
      fillDisk(join(small ?? '', 'ballast'));
      await assert.rejects(backend.submit(backend.newKey(), {}), { code: 'disk.full' });
      assert.equal(
        (await backend.request('batch/list', {})).total,
        1,
        'a refused submit leaves nothing behind',
      );
      const { folder } = await backend.request('batch/get', { id });
      while (readExit(folder) === undefined) await pause();
      rmSync(join(small ?? '', 'ballast'));
      await backend.judge('disk full', key, id, ['success']);
      const next = backend.newKey();
      const after = await backend.submit(next, {});
      await backend.judge('disk full', next, after.id, ['success']);
    },
  );

  for (const [what, damage] of [
    ['overwritten', (whole: Buffer): Buffer => whole.fill(0x5a)],
    ['removed', (): undefined => undefined],
  ] as const) {
    it(`the database ${what} while a batch runs and the backend is away: it is followed to its end all the same`, async function () {
      this.timeout(installTimeout);
      backend = await ChaosBackend.make();
      const old = backend.newKey();
      const before = await backend.submit(old, { code: 3 });
      await backend.judge('database damaged', old, before.id, ['dead']);
      const key = backend.newKey();
      const run = { seconds: 8 };
      const { id } = await backend.submit(key, run);
      while (backend.runs(key) === 0) await pause();
      await backend.leave();
      for (const name of readdirSync(backend.dataFolder).filter(each =>
        each.startsWith('sparkdeck.sqlite'),
      )) {
        const file = join(backend.dataFolder, name);
        const damaged = damage(readFileSync(file));
        if (damaged) writeFileSync(file, damaged);
        else rmSync(file);
      }
      const { notices } = await backend.request('backend/status', {});
      assert.equal(notices.length, what === 'overwritten' ? 1 : 0);
      await backend.judge('database damaged', key, id, ['success']);
      const history = await backend.request('batch/get', { id: before.id });
      assert.deepEqual([history.state, history.exitCode], ['dead', 3]);
      const log = await backend.request('log/read', { id, streams: ['stdout'] });
      assert.match(log.chunks[0]?.text ?? '', /probe begins/);
      // Its key is known too: a client that asks again gets the first batch.
      assert.equal((await backend.submit(key, run)).id, id);
    });
  }
});

const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 50));
