import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { findDriverUi, portsTried, readDriver } from '../../../../server/batches/progress/driverApi.ts';

/** The ways in which something answers that isn't a driver at work; the real one is asked in test/spark. */
describe('batches/progress/driverApi', () => {
  let server: Server | undefined;

  async function serve(listener: RequestListener): Promise<number> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address);
    return address.port;
  }

  afterEach(async () => {
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    server = undefined;
  });

  const answers: [what: string, listener: RequestListener][] = [
    [
      'a web page',
      (_, response) => response.setHeader('content-type', 'text/html').end('<html>starting</html>'),
    ],
    ['404', (_, response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{}')],
    [
      'JSON of another shape',
      (_, response) => response.setHeader('content-type', 'application/json').end('{"a":1}'),
    ],
    [
      'half of a JSON',
      (_, response) => response.setHeader('content-type', 'application/json').end('[{"jobId":'),
    ],
    ['nothing, and hangs up', (_, response) => void response.destroy()],
  ];
  for (const [what, listener] of answers) {
    it(`takes ${what} for no answer`, async () => {
      const port = await serve(listener);
      assert.equal(await readDriver(`http://127.0.0.1:${port}`, 'app-1'), undefined);
      assert.equal(await findDriverUi(port, 'app-1'), undefined);
    });
  }

  it('keeps no connection, for which a driver that stops would wait', async () => {
    const kept: unknown[] = [];
    const port = await serve(({ headers }, response) => {
      kept.push(headers.connection);
      response.setHeader('content-type', 'application/json').end('[]');
    });
    assert.deepEqual(await readDriver(`http://127.0.0.1:${port}`, 'app-1'), {
      executors: 0,
      driverRunsTasks: false,
      jobs: [],
      stages: [],
    });
    assert.deepEqual(kept, ['close', 'close', 'close']);
  });

  it('takes a closed port for no answer', async () => {
    const port = await serve(() => undefined);
    server?.close();
    assert.equal(await readDriver(`http://127.0.0.1:${port}`, 'app-1'), undefined);
  });

  it('stops waiting when it is told to', async () => {
    const port = await serve(() => undefined);
    await assert.rejects(readDriver(`http://127.0.0.1:${port}`, 'app-1', AbortSignal.timeout(50)), {
      name: 'TimeoutError',
    });
  });

  it('does not wait for ever on a port whose owner never answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    assert.ok(typeof address === 'object' && address);
    try {
      assert.equal(await findDriverUi(address.port, 'app-1'), undefined);
      const told = AbortSignal.timeout(50);
      await assert.rejects(findDriverUi(address.port, 'app-1', told), { name: 'TimeoutError' });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it('tries the ports that Spark tries', () => {
    assert.deepEqual(
      [portsTried(4040)[0], portsTried(4040).at(-1), portsTried(4040).length],
      [4040, 4056, 17],
    );
    assert.deepEqual(portsTried(65_534).slice(0, 4), [65_534, 65_535, 1024, 1025]);
  });
});
