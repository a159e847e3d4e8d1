import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { installTimeout } from '../spark/support/runtime.ts';
import { ChaosBackend } from './support/chaosBackend.ts';
import { inForm } from './support/form.ts';

describe('chaos: many short batches in a row', function () {
  this.timeout(120 * 60_000);
  let backend: ChaosBackend;

  before(async function () {
    this.timeout(installTimeout);
    backend = await ChaosBackend.make();
  });
  after(async () => backend.stop());

  const run = async (): Promise<void> => {
    const key = backend.newKey();
    const { id } = await backend.submit(key, {});
    await backend.judge('short batches in a row', key, id, ['success']);
  };

  it("leave the backend's memory, file handles and processes as they were", async () => {
    // The first few load code and warm caches.
    for (let i = 0; i < 4; i++) await run();
    const pid = await backend.pid();
    const before = measure(pid);
    for (let i = 0; i < inForm(10, 500); i++) await run();
    const after = measure(pid);
    console.log(`        backend before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    assert.equal(await backend.pid(), pid, 'the same backend did it all');
    assert.ok(after.handles <= before.handles + 3, 'file handles');
    assert.ok(after.megabytes <= before.megabytes + 64, 'resident memory');
    assert.equal(after.children, before.children, 'child processes, zombies included');
  });
});

/** Of one process: open files, resident memory, children; see proc(5). */
function measure(pid: number): { handles: number; megabytes: number; children: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    handles: readdirSync(`/proc/${pid}/fd`).length,
    megabytes: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024),
    children: readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).length,
  };
}
