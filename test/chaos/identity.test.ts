import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { connectBackend } from '../../server/client/connectBackend.ts';
import { productVersion } from '../../server/protocol/version.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { ChaosBackend, isThere } from './support/chaosBackend.ts';
import { count } from './support/tally.ts';
import { killAll } from '../support/killAll.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

describe('chaos: mistaken identity', function () {
  this.timeout(30 * 60_000);
  let backend: ChaosBackend;

  before(async function () {
    this.timeout(installTimeout);
    backend = await ChaosBackend.make();
  });
  after(async () => backend.stop());

  it("a process id that the system has given to someone else: the batch is dead, and that process isn't touched", async () => {
    const key = backend.newKey();
    const { id, folder } = await backend.submit(key, { seconds: 600 });
    while (backend.runs(key) === 0) await pause();
    const pids = [...backend.processes('batches', String(id)), await backend.pid()];
    killAll(pids);
    while (pids.some(isThere)) await pause();
    // What a machine that was restarted and has counted up to the same number again would show.
    takePlace(folder);
    await backend.judge('process id given again', key, id, ['dead']);
    await backend.request('batch/kill', { id });
  });

  it("a killed batch whose process id is someone else's", async () => {
    const key = backend.newKey();
    const { id, folder } = await backend.submit(key, { seconds: 600 });
    while (backend.runs(key) === 0) await pause();
    takePlace(folder);
    await backend.request('batch/kill', { id });
    await backend.judge('process id given again', key, id, ['killed']);
  });

  it('another backend that wants the same data folder: it leaves, and the first goes on', async () => {
    const first = await backend.pid();
    const second = spawnSync(
      process.execPath,
      [join(project, 'server/main.ts'), '--data', backend.dataFolder],
      { timeout: 60_000 },
    );
    assert.equal(second.status, 3);
    assert.equal(await backend.pid(), first);
    count('second backend', {});
  });

  it('an older backend steps down for a newer client; what runs does not notice', async () => {
    await backend.leave();
    const old = join(backend.root, 'older');
    cpSync(join(project, 'server'), join(old, 'server'), { recursive: true });
    symlinkSync(join(project, 'node_modules'), join(old, 'node_modules'));
    const manifest: unknown = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    assert.ok(typeof manifest === 'object' && manifest !== null);
    writeFileSync(join(old, 'package.json'), JSON.stringify({ ...manifest, version: '0.0.1' }));
    const older = await connectBackend({
      dataFolder: backend.dataFolder,
      start: { program: process.execPath, args: [join(old, 'server/main.ts')], env: process.env },
    });
    assert.equal((await older.request('backend/status', {})).version, '0.0.1');
    older.close();

    const key = backend.newKey();
    // The client of today connects: the older one makes room.
    const { id } = await backend.submit(key, { seconds: 6 });
    assert.equal((await backend.request('backend/status', {})).version, productVersion);
    await backend.judge('older backend replaced', key, id, ['success']);
  });

  it('an older backend with a batch under way steps down; the batch does not notice', async () => {
    await backend.leave();
    const older = await connectBackend({
      dataFolder: backend.dataFolder,
      start: {
        program: process.execPath,
        args: [join(backend.root, 'older', 'server/main.ts')],
        env: process.env,
      },
    });
    const key = backend.newKey();
    const { id } = await older.request('batch/submit', { request: backend.probe(key, { seconds: 10 }) });
    while (backend.runs(key) === 0) await pause();
    const { pid } = await older.request('backend/status', {});
    assert.notEqual(await backend.pid(), pid);
    await older.closed;
    await backend.judge('older backend replaced', key, id, ['success']);
  });

  it('the clock set back by a day while batches run, and forward over a restart', async () => {
    const key = backend.newKey();
    const [ending, killed] = [await backend.submit(key, { seconds: 6 }), backend.newKey()];
    const { id } = await backend.submit(killed, { seconds: 600 });
    while (backend.runs(key) === 0 || backend.runs(killed) === 0) await pause();
    const before = (await backend.request('backend/status', {})).revision;
    await backend.leave();
    // Only the backend's own clock is moved: the machine's belongs to everyone on it.
    const shifted = await connectBackend({
      dataFolder: backend.dataFolder,
      start: {
        program: process.execPath,
        args: ['--import', clockBack(backend.root), join(project, 'server/main.ts')],
        env: process.env,
      },
    });
    const { revision } = await shifted.request('backend/status', {});
    assert.ok(revision > before, 'numbers of changes still grow');
    assert.equal((await shifted.request('batch/kill', { id })).state, 'killed');
    await backend.judge('clock moved', killed, id, ['killed']);
    await backend.judge('clock moved', key, ending.id, ['success']);
    await shifted.request('backend/stop', {});
    await shifted.closed;
  });
});

/** The claim of a launch names this process from now on, as when the system had given its number again. */
function takePlace(folder: string): void {
  rmSync(join(folder, 'pid-1'));
  symlinkSync(String(process.pid), join(folder, 'pid-1'));
}

const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 50));

/** A module that sets the process's clock back by a day, three seconds after its start. */
function clockBack(folder: string): string {
  const file = join(folder, 'clock-back.mjs');
  writeFileSync(
    file,
    `const now = Date.now; const from = now();
     Date.now = () => (now() - from > 3000 ? now() - 86_400_000 : now() - 43_200_000);`,
  );
  return pathToFileURL(file).href;
}
