import assert from 'node:assert/strict';
import Fastify from 'fastify';
import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { connect, Socket } from 'node:net';
import { AnswerBudget } from '../../../../server/api/http/answerBudget.ts';
import { fixedContent } from '../../../../server/api/http/fixedContent.ts';
import { inTurn } from '../../../../server/api/http/inTurn.ts';
import { TestServer } from './support/testServer.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

describe('api/http: requests of one connection', () => {
  let close: () => void = () => undefined;
  afterEach(() => close());

  /** A server that handles in turn, and a connection to it. */
  async function open(handle: Handle): Promise<Socket> {
    const server = createServer(inTurn(handle)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    close = () => {
      socket.destroy();
      server.close();
    };
    await once(socket, 'connect');
    return socket;
  }
  const requests = (count: number): string => 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count);

  it('are handled one after the other, and all answered in order', async () => {
    let inside = 0;
    let most = 0;
    let number = 0;
    const socket = await open((_request, response) => {
      most = Math.max(most, ++inside);
      response.once('finish', () => inside--);
      setImmediate(() => response.end(`answer ${++number}.`));
    });
    let text = '';
    socket.on('data', chunk => (text += String(chunk)));
    socket.write(requests(300));
    while (!text.includes('answer 300.')) await once(socket, 'data');
    const found = [...text.matchAll(/answer (\d+)\./g)].map(([, found]) => Number(found));
    assert.deepEqual(
      found,
      Array.from({ length: 300 }, (_, index) => index + 1),
    );
    assert.equal(most, 1);
  });

  it('with a body each are read to their ends', async () => {
    const lengths: number[] = [];
    const socket = await open((request, response) => {
      let length = 0;
      request.on('data', (chunk: Buffer) => (length += chunk.length));
      request.once('end', () => {
        lengths.push(length);
        response.end(lengths.length === 40 ? 'all' : 'one');
      });
    });
    const body = 'x'.repeat(100_000);
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`.repeat(40));
    let text = '';
    while (!text.endsWith('all')) text += String((await once(socket, 'data'))[0]);
    assert.deepEqual(
      lengths,
      Array.from({ length: 40 }, () => 100_000),
    );
  });

  it('are not handled any more when the client has gone', async () => {
    let handled = 0;
    const gone = Promise.withResolvers<void>();
    const socket = await open((_request, response) => {
      handled++;
      response.once('close', () => gone.resolve());
      socket.destroy();
    });
    socket.write(requests(20));
    await gone.promise;
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(handled, 1);
  });

  it('end with it when they are more than anyone needs', async () => {
    const socket = await open(() => undefined);
    socket.write(requests(2000));
    await once(socket, 'close');
  });
});

describe('api/http: large answers', () => {
  it('are refused while too many wait for their clients', () => {
    const budget = new AnswerBudget();
    const answers: ServerResponse[] = [];
    const answer = (): ServerResponse => {
      const made = new ServerResponse(new IncomingMessage(new Socket()));
      answers.push(made);
      return made;
    };
    for (let count = 0; count < 8; count++) budget.take(8 * 1024 ** 2, answer());
    assert.throws(() => budget.take(8 * 1024 ** 2, answer()), { code: 'backend.busy' });
    budget.take(1000, answer());
    answers[0]?.emit('close');
    budget.take(8 * 1024 ** 2, answer());
  });
});

describe('api/http: what never changes', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open();
  });
  after(async () => server.close());

  for (const path of ['/openapi.json', '/', '/page/page.js']) {
    it(`is answered with 304 to who has it: ${path}`, async () => {
      const first = await server.ask('GET', path);
      assert.equal(first.status, 200);
      const etag = String(first.headers['etag']);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const { status, text, headers } = await server.ask('GET', path, {
          headers: { 'if-none-match': known },
        });
        assert.deepEqual([status, text, headers['etag']], [304, '', etag]);
      }
      const { status, text } = await server.ask('GET', path, { headers: { 'if-none-match': '"other"' } });
      assert.deepEqual([status, text], [200, first.text]);
    });
  }

  it('is made once, at the first request', async () => {
    let made = 0;
    const app = Fastify();
    app.get(
      '/',
      fixedContent(() => `made ${++made}`, {}),
    );
    for (let count = 0; count < 3; count++) assert.equal((await app.inject('/')).body, 'made 1');
    await app.close();
  });
});

describe('api/http: a full disk', () => {
  it('is said of every change that cannot be written, with 507', async () => {
    const server = await TestServer.open({ auth: false });
    try {
      // As SQLite says it, of whatever is written.
      const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
      const refuse = (): never => {
        throw full;
      };
      server.rooms.settings.set = refuse;
      server.rooms.teams.tokens.create = refuse;
      server.rooms.teams.quotas.set = refuse;
      const native = '/api/sparkdeck/v1';
      for (const [method, path, body] of [
        ['PUT', `${native}/settings`, {}],
        ['POST', `${native}/tokens`, { role: 'viewer' }],
        ['PUT', `${native}/teams/a/quota`, {}],
      ] as const) {
        const { status, text } = await server.ask(method, path, { body });
        assert.equal(status, 507, text);
        assert.match(text, /disk\.full/);
      }
    } finally {
      await server.close();
    }
  });
});

describe('api/http: a list of large batches', () => {
  it('comes in pages that are shorter than was asked for, and all are there', async () => {
    const server = await TestServer.open({ auth: false });
    try {
      const file = server.script('job.py', 'true');
      const request = {
        file,
        args: Array.from({ length: 12 }, () => 'x'.repeat(80_000)),
        conf: { 'spark.master': 'local[1]' },
      };
      for (let count = 0; count < 6; count++) await server.rooms.batches.submit({ request });
      const { batches, total, next } = server.rooms.batches.list({ limit: 100 });
      assert.equal(total, 6);
      assert.equal(batches.length, 4);
      assert.ok(next !== undefined);
      const rest = server.rooms.batches.list({ limit: 100, before: next });
      assert.deepEqual([rest.batches.length, rest.next], [2, undefined]);
      assert.equal(server.rooms.batches.page({ from: 0, size: 100 }).batches.length, 4);
    } finally {
      await server.close();
    }
  });
});
