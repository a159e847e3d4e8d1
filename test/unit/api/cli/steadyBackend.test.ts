import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SteadyBackend } from '../../../../server/api/cli/steadyBackend.ts';
import type { BackendClient } from '../../../../server/client/backendClient.ts';
import { connectBackend } from '../../../../server/client/connectBackend.ts';

const main = fileURLToPath(new URL('../../../../server/main.ts', import.meta.url));

describe('a steady connection to a real backend', () => {
  let dataFolder: string;
  let connections: number;

  const connect = (): Promise<BackendClient> => {
    connections++;
    return connectBackend({
      dataFolder,
      start: { program: process.execPath, args: [main], env: process.env },
    });
  };

  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'sparkdeck-steady-'));
    connections = 0;
  });

  afterEach(async () => {
    const client = await connect();
    await client.request('backend/stop', {}).catch(() => undefined);
    await client.closed;
    client.close();
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 10 });
  });

  it('starts the backend anew when it was killed, once for all that ask', async () => {
    const backend = new SteadyBackend(connect);
    const { pid } = await backend.request('backend/status', {});
    process.kill(pid, 'SIGKILL');
    const [first, second] = await Promise.all([
      backend.request('backend/status', {}),
      backend.request('cluster/list', {}),
    ]);
    assert.notEqual(first.pid, pid);
    assert.deepEqual(second.clusters, []);
    assert.equal(connections, 2);
    await backend.close();
  });

  it('does not repeat what is not harmless twice', async () => {
    const backend = new SteadyBackend(connect);
    const { pid } = await backend.request('backend/status', {});
    process.kill(pid, 'SIGSTOP');
    const asked = backend.request('cluster/remove', { name: 'x' });
    process.kill(pid, 'SIGKILL');
    await assert.rejects(asked, { code: 'backend.unreachable' });
    assert.equal(connections, 1);
    await backend.close();
  });

  it('does not connect again for what was asked when it was closed', async () => {
    const backend = new SteadyBackend(connect);
    const { pid } = await backend.request('backend/status', {});
    process.kill(pid, 'SIGSTOP');
    try {
      const asked = backend.request('batch/list', {});
      await backend.close();
      await assert.rejects(asked, { code: 'backend.unreachable' });
      assert.equal(connections, 1);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});
