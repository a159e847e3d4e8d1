import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBackend, isOlder, type BackendPlace } from '../../../server/client/connectBackend.ts';
import { socketPath } from '../../../server/client/dataFolder.ts';

const main = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));

describe('client/connectBackend', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sparkdeck-client-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const place = (dataFolder = join(root, 'data'), ...args: string[]): BackendPlace => ({
    dataFolder,
    start: { program: process.execPath, args: [main, ...args], env: process.env },
  });

  it('starts one backend, however many ask at once, and shares it', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => connectBackend(place())));
    const statuses = await Promise.all(clients.map(client => client.request('backend/status', {})));
    assert.equal(new Set(statuses.map(({ pid }) => pid)).size, 1);
    await clients[0]?.request('backend/stop', {});
    await Promise.all(clients.map(client => client.closed));
  });

  it('takes a data folder whose path is too long for a socket', async () => {
    const dataFolder = join(root, 'x'.repeat(100), 'ä b');
    assert.ok(Buffer.byteLength(socketPath(dataFolder)) <= 100);
    const client = await connectBackend(place(dataFolder));
    assert.equal((await client.request('backend/status', {})).dataFolder, dataFolder);
    await client.request('backend/stop', {});
    await client.closed;
  });

  it('leaves by itself when nobody is there and nothing runs, and not before', async () => {
    const client = await connectBackend(place(undefined, '--idle-limit', '200'));
    const { pid } = await client.request('backend/status', {});
    const other = await connectBackend({ dataFolder: join(root, 'data') });
    client.close();
    assert.equal((await other.request('backend/status', {})).pid, pid);
    other.close();
    await gone(pid);
    await assert.rejects(connectBackend({ dataFolder: join(root, 'data') }), { code: 'backend.unreachable' });
  });

  it('starts again after a kill -9, over the socket that was left', async () => {
    const first = await connectBackend(place());
    const { pid } = await first.request('backend/status', {});
    process.kill(pid, 'SIGKILL');
    await first.closed;
    await assert.rejects(first.request('backend/status', {}), { code: 'backend.unreachable' });
    const second = await connectBackend(place());
    assert.notEqual((await second.request('backend/status', {})).pid, pid);
    await second.request('backend/stop', {});
    await second.closed;
  });

  it('says why a backend can not be started', async () => {
    const file = join(root, 'a file');
    writeFileSync(file, '');
    await assert.rejects(connectBackend(place(file)), { code: 'folder.unwritable' });
    const script = join(root, 'broken.mjs');
    writeFileSync(script, 'console.error("broken on purpose"); process.exit(9)');
    const broken: BackendPlace = {
      dataFolder: join(root, 'data'),
      start: { program: process.execPath, args: [script], env: process.env },
    };
    await assert.rejects(connectBackend(broken), /exit code 9.*broken on purpose/s);
  });

  it('answers requests that are not right with a clear error, and goes on', async () => {
    const client = await connectBackend(place());
    const wrong = await client
      // @ts-expect-error: what a client in another language could send
      .request('batch/get', { id: 'seven', more: 1 })
      .catch((error: unknown) => error);
    assert.ok(wrong instanceof Error && 'code' in wrong);
    assert.equal(wrong.code, 'request.invalid');
    assert.match(wrong.message, /batch\/get.*id must be integer/s);
    await assert.rejects(client.request('batch/get', { id: 7 }), { code: 'batch.missing' });
    await assert.rejects(client.request('cluster/stop', { name: 'none' }), { code: 'cluster.missing' });

    const garbage = connect(socketPath(join(root, 'data')));
    garbage.on('error', () => undefined);
    await new Promise(resolve =>
      garbage.end('GET / HTTP/1.1\r\n\r\n{"not":"json-rpc"', () => resolve(undefined)),
    );
    assert.equal((await client.request('batch/list', {})).total, 0);
    await client.request('backend/stop', {});
    await client.closed;
  });

  it('gives a request up when told to', async () => {
    const client = await connectBackend(place());
    await assert.rejects(client.request('batch/await', { id: 1 }), { code: 'batch.missing' });
    await client.request('backend/stop', {});
    await client.closed;
  });

  it('compares versions: the protocol first, then the product', () => {
    const older = (a: string, b: string): boolean =>
      isOlder({ version: a, protocol: 1 }, { version: b, protocol: 1 });
    assert.deepEqual(
      [older('0.1.0', '0.1.1'), older('0.9.0', '0.10.0'), older('1.0.0', '0.9.9'), older('1.0.0', '1.0.0')],
      [true, true, false, false],
    );
    assert.equal(isOlder({ version: '9.0.0', protocol: 1 }, { version: '0.1.0', protocol: 2 }), true);
  });
});

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
