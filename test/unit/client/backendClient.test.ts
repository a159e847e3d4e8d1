import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendClient } from '../../../server/client/backendClient.ts';

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
});
