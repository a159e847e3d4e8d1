import assert from 'node:assert/strict';
import { execa } from 'execa';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, projectFolder } from '../../scripts/build.ts';
import { ensureOldestNode, oldestNodeVersion } from '../../scripts/oldestNode.ts';
import { ChaosBackend } from '../chaos/support/chaosBackend.ts';
import { fillDisk, mountSmallDisk, unmountSmallDisk } from '../chaos/support/smallDisk.ts';
import { installTimeout } from '../spark/support/runtime.ts';

const bundle = (name: string): string => join(projectFolder, 'dist', name);

describe(`the bundles on Node ${oldestNodeVersion}, the oldest that a supported VS Code carries`, function () {
  this.timeout(10 * 60_000);
  let node: string;
  let backend: ChaosBackend;
  const small = mountSmallDisk();

  before(async function () {
    this.timeout(installTimeout);
    node = await ensureOldestNode();
    await build({ production: false });
    const options = { node: { program: node, args: [bundle('backend.mjs')] } };
    backend = await ChaosBackend.make(small ? { ...options, root: join(small, 'root') } : options);
  });
  after(async () => {
    await backend?.stop();
    if (small) unmountSmallDisk(small);
  });

  it('is the Node that is meant', async () => {
    assert.equal((await execa(node, ['--version'])).stdout, `v${oldestNodeVersion}`);
  });

  it('submits a batch and follows its log to the end', async () => {
    const key = backend.newKey();
    const { id } = await backend.submit(key, { code: 3 });
    const { stdout, exitCode } = await execa(
      node,
      [bundle('cli.mjs'), 'logs', String(id), '--follow', '--stream', 'stdout', '--data', backend.dataFolder],
      { reject: false },
    );
    assert.deepEqual([stdout, exitCode], ['probe begins', 0]);
    await backend.judge('oldest Node', key, id, ['dead']);
  });

  it('takes up a batch after kill -9', async () => {
    const key = backend.newKey();
    const { id } = await backend.submit(key, { seconds: 3 });
    while (backend.runs(key) === 0) await pause();
    await backend.crash();
    const ended = await backend.judge('oldest Node', key, id, ['success']);
    assert.equal(ended?.exitCode, 0);
  });

  it('kills a batch', async () => {
    const key = backend.newKey();
    const { id } = await backend.submit(key, { seconds: 600 });
    while (backend.runs(key) === 0) await pause();
    assert.equal((await backend.request('batch/kill', { id })).state, 'killed');
    assert.deepEqual(backend.processes('batches', String(id)), []);
  });

  const full = small ? it : it.skip;
  full(
    `refuses a submit on a full disk, and goes on when there is room${small ? '' : ' (skipped: mounting a small file system takes root)'}`,
    async () => {
      const ballast = join(small ?? '', 'ballast');
      fillDisk(ballast);
      await assert.rejects(backend.submit(backend.newKey(), {}), { code: 'disk.full' });
      rmSync(ballast);
      const key = backend.newKey();
      const { id } = await backend.submit(key, {});
      await backend.judge('oldest Node', key, id, ['success']);
      await backend.crash();
      assert.equal(
        (await backend.request('batch/get', { id })).state,
        'success',
        'what came later is written down',
      );
    },
  );
});

const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 50));
