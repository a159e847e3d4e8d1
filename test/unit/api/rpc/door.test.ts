import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BackendClient } from '../../../../server/client/backendClient.ts';
import { connectBackend } from '../../../../server/client/connectBackend.ts';
import { socketPath } from '../../../../server/client/dataFolder.ts';

const main = fileURLToPath(new URL('../../../../server/main.ts', import.meta.url));

describe('api/rpc: a real backend and clients of all kinds', () => {
  let dataFolder: string;
  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), 'sparkdeck-door-'));
  });
  // Its last words come late; Node's rmSync then leaves things behind without a word.
  afterEach(() => rm(dataFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  const start = (...nodeArguments: string[]): Promise<BackendClient> =>
    connectBackend({
      dataFolder,
      start: { program: process.execPath, args: [...nodeArguments, main], env: process.env },
    });
  const logText = (): string => readFileSync(join(dataFolder, 'backend.log'), 'utf8');
  /** Never reads, and doesn't close its end when the other side does: as a suspended process. */
  const suspended = async (): Promise<Socket> => {
    const socket = connect({ path: socketPath(dataFolder), allowHalfOpen: true });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };

  it('leaves although a client is suspended, and still answers', async () => {
    const client = await start();
    const other = await suspended();
    const { pid, connections } = await client.request('backend/status', {});
    assert.equal(connections, 2);
    assert.deepEqual(await client.request('backend/stop', {}), {});
    await gone(pid);
    assert.equal(existsSync(socketPath(dataFolder)), false);
    other.destroy();
  });

  it('stays when an editor says exit, and when the process it named is dead', async () => {
    const { pid: dead } = spawnSync(process.execPath, ['--version']);
    const client = await start();
    const { pid } = await client.request('backend/status', {});
    const editor = await suspended();
    const send = (message: object): void => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...message });
      editor.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    };
    send({ id: 1, method: 'initialize', params: { processId: dead, rootUri: null, capabilities: {} } });
    send({ method: 'exit' });
    send({ id: 2, method: 'shutdown' });
    send({ method: 'exit' });
    await reads(editor, '"id":2');
    // Whoever watches that process does so every three seconds.
    await new Promise(resolve => setTimeout(resolve, 3500));
    assert.equal((await client.request('backend/status', {})).pid, pid);
    editor.destroy();
    await client.request('backend/stop', {});
    await client.closed;
  });

  it('says nothing of a request whose client went away before the answer', async () => {
    const client = await start();
    const other = await start();
    const lost = assert.rejects(other.request('runtime/doctor', {}), { code: 'backend.unreachable' });
    other.close();
    await lost;
    // Several callers share one look: when this is answered, so was the other.
    await client.request('runtime/doctor', {});
    const { pid } = await client.request('backend/status', {});
    await client.request('backend/stop', {});
    await gone(pid);
    assert.doesNotMatch(logText(), /doctor|unhandled|connection/);
  });

  it('ends, with the reason in its log, on an error that nothing caught, and is started again', async () => {
    const thrower = join(dataFolder, 'thrower.mjs');
    writeFileSync(thrower, `process.once('SIGUSR2', () => { throw new Error('on purpose'); });`);
    const first = await start('--import', pathToFileURL(thrower).href);
    const { pid } = await first.request('backend/status', {});
    process.kill(pid, 'SIGUSR2');
    await first.closed;
    const second = await start();
    assert.notEqual((await second.request('backend/status', {})).pid, pid);
    assert.match(logText(), /the backend ends, since nothing caught this: Error: on purpose\n +at /);
    await second.request('backend/stop', {});
    await second.closed;
  });
});

async function reads(socket: Socket, wanted: string): Promise<void> {
  let text = '';
  await new Promise<void>(resolve => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(wanted)) resolve();
    });
  });
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
