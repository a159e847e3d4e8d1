import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { boundedWriter } from '../../../../server/api/rpc/boundedWriter.ts';

describe('api/rpc/boundedWriter', () => {
  let folder: string;
  let server: Server;
  let near: Socket;
  let far: Socket;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-writer-'));
    server = createServer(socket => (near = socket));
    server.listen(join(folder, 's'));
    await once(server, 'listening');
    far = connect(join(folder, 's'));
    await Promise.all([once(server, 'connection'), once(far, 'connect')]);
    near.on('error', () => undefined);
  });
  afterEach(() => {
    near.destroy();
    far.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const chunk = Buffer.alloc(1024 ** 2);

  it('gives up on a client that takes nothing for long, and not before', async () => {
    let lost = 0;
    const writer = boundedWriter(near, { bytes: 2 * chunk.length, silence: 100 }, () => {
      lost++;
      near.destroy();
    });
    for (let i = 0; i < 8; i++) writer.write(chunk);
    assert.equal(lost, 0);
    await delay(150);
    writer.write(chunk);
    assert.equal(lost, 1);
    // What is written to it afterwards harms nobody.
    writer.write(chunk);
    await once(near, 'close');
    writer.write(chunk);
    assert.equal(lost, 1);
  });

  it('has patience with one that reads, however much it asked for', async () => {
    let taken = 0;
    far.on('data', (data: Buffer) => (taken += data.length));
    const writer = boundedWriter(near, { bytes: chunk.length, silence: 1000 }, () => assert.fail('given up'));
    for (let i = 0; i < 30; i++) {
      writer.write(chunk);
      if (i % 10 === 9) await delay(0);
    }
    while (taken < 30 * chunk.length) await once(far, 'data');
    assert.equal(near.writableLength, 0);
  });

  it("doesn't count the time in which nothing was to be said", async () => {
    const writer = boundedWriter(near, { bytes: chunk.length, silence: 50 }, () => assert.fail('given up'));
    far.resume();
    writer.write(Buffer.from('x'));
    while (near.writableLength > 0) await delay(5);
    await delay(100);
    far.pause();
    for (let i = 0; i < 8; i++) writer.write(chunk);
  });
});
