import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { BackendClient } from '../../../server/client/backendClient.ts';
import { collectGarbage } from '../../support/collectGarbage.ts';

describe('client/backendClient', () => {
  it('leaves nothing behind that keeps the process alive, also when it is closed in the middle of a message', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-half-'));
    const server = createServer((socket: Socket) => socket.write('Content-Length: 100\r\n\r\n{"jsonrpc"'));
    server.listen(join(folder, 's'));
    await once(server, 'listening');
    const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const before = timers();
    const socket = connect(join(folder, 's'));
    const client = new BackendClient(socket);
    await once(socket, 'data');
    client.close();
    await once(socket, 'close');
    assert.equal(timers(), before);
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('holds on to no answer that was given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-answers-'));
    const server = createServer(socket => {
      const connection = createMessageConnection(
        new SocketMessageReader(socket),
        new SocketMessageWriter(socket),
      );
      connection.onRequest('log/read', () => ({ text: 'x'.repeat(2 ** 20) }));
      connection.listen();
    });
    server.listen(join(folder, 's'));
    await once(server, 'listening');
    const client = new BackendClient(connect(join(folder, 's')));
    const ask = async (times: number): Promise<number> => {
      for (let index = 0; index < times; index++) await client.request('log/read', { id: 1 });
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await ask(10);
    const grown = (await ask(100)) - before;
    client.close();
    server.close();
    rmSync(folder, { recursive: true });
    assert.ok(grown < 30 * 2 ** 20, `${Math.round(grown / 2 ** 20)} MiB of 100 are still there`);
  });
});
