import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { isListening } from '../../../server/process/listening.ts';

describe('process/listening', () => {
  for (const host of ['127.0.0.1', '::']) {
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
