import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isListening } from '../../../server/process/listening.ts';

describe('process/listening', () => {
  const hasIPv6 = Object.values(networkInterfaces()).some(each =>
    each?.some(({ family }) => family === 'IPv6'),
  );
  for (const host of ['127.0.0.1', ...(hasIPv6 ? ['::'] : [])]) {
    it(`sees that a process listens at ${host}, which one, and when it stops`, async () => {
      const server = createServer().listen(0, host);
      await once(server, 'listening');
      const address = server.address();
      assert.ok(typeof address === 'object' && address);
      const { port } = address;
      const other = spawn('sleep', ['600'], { stdio: 'ignore' });
      await once(other, 'spawn');
      assert.ok(other.pid);
      try {
        assert.equal(isListening([other.pid, process.pid], port), true);
        assert.equal(isListening([other.pid], port), false, 'it is of this process');
        assert.equal(isListening([process.pid], port === 1 ? 2 : port - 1), false);
      } finally {
        other.kill('SIGKILL');
        await once(other, 'close');
        server.close();
        await once(server, 'close');
      }
      assert.equal(isListening([other.pid], port), false, 'a process that is gone');
      assert.equal(isListening([process.pid], port), false);
    });
  }

  it('passes over a listener that 127.0.0.1 does not reach', async () => {
    const server = createServer().listen(0, '127.0.0.2');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address);
    assert.equal(isListening([process.pid], address.port), false);
    server.close();
    await once(server, 'close');
  });

  it('takes no connection for a listener', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address);
    const client = connect(address.port, '127.0.0.1');
    await once(client, 'connect');
    assert.ok(client.localPort);
    assert.equal(isListening([process.pid], client.localPort), false);
    client.destroy();
    server.close();
    await once(server, 'close');
  });
});
