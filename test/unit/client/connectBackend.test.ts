import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createMessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { connectBackend, isOlder, type BackendPlace } from '../../../server/client/connectBackend.ts';
import { pidFile, socketPath } from '../../../server/client/dataFolder.ts';

const main = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));

describe('client/connectBackend', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync.native(mkdtempSync(join(tmpdir(), 'sparkdeck-client-')));
  });
  // Its last words come late; Node's rmSync then leaves things behind without a word.
  afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
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
    assert.ok(Buffer.byteLength(socketPath(dataFolder)) > 108);
    const client = await connectBackend(place(dataFolder));
    assert.equal((await client.request('backend/status', {})).dataFolder, dataFolder);
    const other = await connectBackend({ dataFolder });
    await other.request('backend/stop', {});
    await Promise.all([client.closed, other.closed]);
  });

  it('knows a data folder by whatever way it is spelled', async () => {
    mkdirSync(join(root, 'home'));
    symlinkSync(join(root, 'home'), join(root, 'link'));
    const real = join(root, 'home', 'data');
    const [first, second] = await Promise.all([
      connectBackend(place(join(root, 'link', 'data'))),
      connectBackend(place(join(root, 'home', '..', 'home', 'data', ''))),
    ]);
    const [one, two] = await Promise.all([
      first.request('backend/status', {}),
      second.request('backend/status', {}),
    ]);
    assert.deepEqual([one.pid, one.dataFolder], [two.pid, real]);
    await first.request('backend/stop', {});
    await Promise.all([first.closed, second.closed]);
    // Also when it is started without a client.
    await gone(one.pid);
    const direct = spawnSync(process.execPath, [
      main,
      '--data',
      join(root, 'link', 'data'),
      '--idle-limit',
      '1',
    ]);
    assert.match(direct.stdout.toString(), new RegExp(`serves ${real}\n`));
  });

  it('keeps everything from other users, also in a folder that is open to them', async () => {
    const dataFolder = join(root, 'open');
    mkdirSync(dataFolder);
    chmodSync(dataFolder, 0o775);
    writeFileSync(join(dataFolder, 'sparkdeck.sqlite.schema-1'), 'an old copy', { mode: 0o644 });
    const usual = process.umask(0o002);
    try {
      for (const folder of [dataFolder, join(root, 'new')]) {
        const client = await connectBackend(place(folder));
        const open = readdirSync(folder).filter(name => (statSync(join(folder, name)).mode & 0o077) !== 0);
        assert.deepEqual(open, []);
        assert.ok(readdirSync(folder).includes('sparkdeck.sqlite-wal'));
        await client.request('backend/stop', {});
        await client.closed;
      }
    } finally {
      process.umask(usual);
    }
    assert.equal(statSync(dataFolder).mode & 0o777, 0o775);
    assert.equal(statSync(join(root, 'new')).mode & 0o777, 0o700);
    assert.match(readFileSync(join(dataFolder, 'backend.log'), 'utf8'), /warning: other users may write to/);
  });

  it('says that a backend does not answer, and connects when it goes on', async () => {
    const first = await connectBackend(place());
    const { pid } = await first.request('backend/status', {});
    process.kill(pid, 'SIGSTOP');
    try {
      await assert.rejects(connectBackend({ ...place(), answerLimit: 300 }), error => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'backend.silent');
        assert.match(
          error.message,
          new RegExp(`process ${pid}\\) did not answer within 0.3 s.*kill -CONT ${pid}`),
        );
        return true;
      });
      const limited = first.request('batch/list', {}, { signal: AbortSignal.timeout(300) });
      await assert.rejects(limited, {
        code: 'backend.silent',
        message: /did not answer batch\/list within 1 s/,
      });
      const given = new AbortController();
      const asked = first.request('batch/list', {}, { signal: given.signal });
      given.abort();
      await assert.rejects(asked, { code: 'request.cancelled' });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const second = await connectBackend({ ...place(), answerLimit: 30_000 });
    assert.equal((await second.request('backend/status', {})).pid, pid);
    await second.request('backend/stop', {});
    await Promise.all([first.closed, second.closed]);
  });

  it('says what to do about an older backend that does not make room', async () => {
    // The backends of today leave when they are told to, so this stands for one that is stuck.
    const dataFolder = join(root, 'data');
    mkdirSync(dataFolder);
    writeFileSync(pidFile(dataFolder), String(process.pid));
    const stuck = createServer(socket => {
      const connection = createMessageConnection(
        new SocketMessageReader(socket),
        new SocketMessageWriter(socket),
      );
      connection.onRequest('backend/status', () => ({ version: '0.0.1', protocol: 0, pid: process.pid }));
      connection.onRequest('backend/stop', () => ({}));
      connection.listen();
    });
    await new Promise<void>(resolve => stuck.listen(socketPath(dataFolder), resolve));
    try {
      await assert.rejects(connectBackend({ ...place(), answerLimit: 300 }), {
        code: 'backend.silent',
        message: new RegExp(
          `process ${process.pid}\\) \\(0.0.1\\) did not make room .*kill -9 ${process.pid}`,
        ),
      });
    } finally {
      await new Promise(resolve => stuck.close(resolve));
    }
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

  it('says why a backend gave up at its start', async () => {
    mkdirSync(join(root, 'data', 'sparkdeck.sqlite'), { recursive: true });
    await assert.rejects(
      connectBackend(place()),
      /ended with exit code 1\. cannot start: .*See .*backend\.log/,
    );
  });

  it('begins a new log when the old one has grown long, and keeps that', async () => {
    mkdirSync(join(root, 'data'));
    const log = join(root, 'data', 'backend.log');
    writeFileSync(log, 'old');
    truncateSync(log, 6 * 1024 ** 2);
    const client = await connectBackend(place());
    assert.ok(statSync(log).size < 10_000);
    assert.equal(statSync(`${log}.old`).size, 6 * 1024 ** 2);
    await client.request('backend/stop', {});
    await client.closed;
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
