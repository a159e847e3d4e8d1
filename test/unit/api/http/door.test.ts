import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { mock } from 'node:test';
import { Agent, request } from 'undici';
import { bodyClock } from '../../../../server/api/http/bodyClock.ts';
import { isLoopback, urlOf } from '../../../../server/api/http/address.ts';
import { checkHttpOptions, type HttpOptions } from '../../../../server/api/http/httpOptions.ts';
import { HttpDoor } from '../../../../server/api/http/httpDoor.ts';
import { makeCertificate } from './support/makeCertificate.ts';
import { TestServer } from './support/testServer.ts';

describe('api/http: who may come in', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open();
  });
  after(async () => server.close());

  it('asks for a token, and says how to get one', async () => {
    const { status, headers, json } = await server.ask('GET', '/nowhere');
    assert.equal(status, 401);
    assert.match(String(headers['www-authenticate']), /^Bearer .*Basic /);
    assert.match(JSON.stringify(json), /token\.absent.*sparkdeck tokens create/);
  });

  it('takes it as a bearer token, or as the password of basic authentication', async () => {
    const token = server.token({ role: 'viewer', team: 'a' });
    const basic = (user: string): string => `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, basic('anyone'), basic('')]) {
      const { status } = await server.ask('GET', '/nowhere', { headers: { authorization } });
      assert.equal(status, 404, authorization);
    }
    for (const authorization of [token, `Bearer ${token}x`, `Digest ${token}`, 'Basic Og==', 'Bearer', '']) {
      const { status } = await server.ask('GET', '/nowhere', { headers: { authorization } });
      assert.equal(status, 401, authorization);
    }
  });

  it('takes one no more that was revoked', async () => {
    const token = server.token({ role: 'admin' });
    assert.equal((await server.ask('GET', '/nowhere', { token })).status, 404);
    const { id } = server.rooms.teams.tokens.list().at(-1) ?? { id: 0 };
    server.rooms.teams.tokens.revoke(id);
    assert.equal((await server.ask('GET', '/nowhere', { token })).status, 401);
  });

  it('tells in the log who it was, and never the token', async () => {
    const token = server.token({ role: 'viewer', team: 'a', name: 'ci' });
    await server.ask('GET', `/nowhere?secret=${token}`, { token });
    assert.match(server.log.at(-1) ?? '', /^http: GET \/nowhere 404 in \d+ ms, token \d+ \(ci\) of a from /);
    assert.ok(!server.log.join('\n').includes(token));
  });

  it('answers no page from elsewhere', async () => {
    const token = server.token({ role: 'viewer' });
    for (const [origin, wanted] of [
      ['http://localhost', 404],
      ['http://evil.example', 403],
      ['null', 403],
    ] as const) {
      assert.equal(
        (await server.ask('GET', '/nowhere', { token, headers: { origin } })).status,
        wanted,
        origin,
      );
    }
  });

  it('answers no page from elsewhere that sends no origin, but for the page at / itself', async () => {
    const token = server.token({ role: 'viewer' });
    const asked = async (path: string, site: string, mode: string): Promise<number> => {
      const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode };
      return (await server.ask('GET', path, { token, headers })).status;
    };
    for (const [site, mode, wanted] of [
      ['same-origin', 'cors', 404],
      ['none', 'navigate', 404],
      ['cross-site', 'no-cors', 403],
      ['cross-site', 'navigate', 403],
      ['same-site', 'no-cors', 403],
    ] as const) {
      assert.equal(await asked('/nowhere', site, mode), wanted, `${site} ${mode}`);
      assert.equal(await asked('/', site, mode), 200, `${site} ${mode}`);
    }
  });

  it('answers /healthz to everyone', async () => {
    assert.deepEqual((await server.ask('GET', '/healthz')).json, { status: 'ok', version: '0.0.0' });
  });
});

describe('api/http: without authentication', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open({ auth: false });
  });
  after(async () => server.close());

  it('answers only by a name of this machine', async () => {
    for (const [host, wanted] of [
      ['localhost:8998', 404],
      ['127.0.0.1', 404],
      ['[::1]:80', 404],
      ['rebound.example', 403],
      ['127.0.0.1.example', 403],
    ] as const) {
      assert.equal((await server.ask('GET', '/nowhere', { headers: { host } })).status, wanted, host);
    }
  });

  it('is refused where others could reach it', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1'])
      checkHttpOptions({ host, auth: false });
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.evil.example']) {
      checkHttpOptions({ host, auth: true });
      assert.throws(() => checkHttpOptions({ host, auth: false }), { code: 'request.invalid' }, host);
    }
  });

  it('says where it is', () => {
    assert.equal(urlOf('127.0.0.1', 80, false), 'http://127.0.0.1:80');
    assert.equal(urlOf('::1', 8998, true), 'https://[::1]:8998');
    assert.ok(!urlOf('0.0.0.0', 1, false).includes('0.0.0.0'));
    assert.equal(isLoopback('[::1]'), true);
  });
});

describe('api/http: bad input', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open({ auth: false });
  });
  after(async () => server.close());

  it('says what method a path takes', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
      const { status, headers } = await server.ask(method, '/healthz');
      assert.deepEqual([status, headers['allow']], [405, 'GET, HEAD'], method);
    }
    assert.equal((await server.ask('HEAD', '/healthz')).status, 200);
  });

  it('refuses a path that is no URL', async () => {
    assert.equal((await server.ask('GET', '/%zz')).status, 400);
  });

  it('gives up a body that is too slow, in all or by a pause', async () => {
    for (const limits of [
      { total: 30, pause: 10_000 },
      { total: 10_000, pause: 30 },
    ]) {
      const clock = bodyClock(limits);
      clock.write('some');
      await assert.rejects(once(clock.resume(), 'end'), { code: 'request.slow' });
    }
  });

  it('has nothing against a body that has come and that nobody reads', async () => {
    const clock = bodyClock({ total: 20, pause: 20 });
    clock.end('all of it');
    await new Promise(resolve => setTimeout(resolve, 60));
    assert.deepEqual([clock.errored, clock.destroyed], [null, false]);
    clock.destroy();
  });

  it('lets a body through that is quick enough', async () => {
    const clock = bodyClock({ total: 10_000, pause: 10_000 });
    clock.end('all of it');
    const chunks = await clock.toArray();
    assert.equal(Buffer.concat(chunks).toString(), 'all of it');
    assert.equal(clock.receivedEncodedLength, 9);
  });
});

describe('api/http: a real socket', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open({ auth: false });
  });
  after(async () => server.close());

  const open = async (options: Partial<HttpOptions> = {}): Promise<HttpDoor> => {
    const { rooms, changes } = server;
    return HttpDoor.open({ port: 0, host: '127.0.0.1', auth: false, ...options }, rooms, {
      changes,
      status: () => {
        throw new Error('not asked for');
      },
      lastRemoval: () => 0,
      dataFolder: server.folder,
      env: {},
      log: () => undefined,
    });
  };

  it('refuses a port that is taken', async () => {
    const door = await open();
    const port = Number(new URL(door.address).port);
    await assert.rejects(open({ port }), { code: 'port.taken' });
    await door.close();
  });

  it('speaks TLS with the certificate that it is given', async () => {
    const tls = makeCertificate(server.folder);
    const door = await open({ tls });
    assert.match(door.address, /^https:\/\/127\.0\.0\.1:\d+$/);
    const dispatcher = new Agent({ connect: { ca: readFileSync(tls.cert) } });
    const { statusCode, body } = await request(`${door.address}/nowhere`, { dispatcher });
    assert.equal(statusCode, 404);
    await body.dump();
    await assert.rejects(request(`${door.address}/nowhere`), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await dispatcher.close();
    await door.close();
  });

  it('takes up a renewed certificate within a minute', async () => {
    const tls = makeCertificate(server.folder);
    mock.timers.enable({ apis: ['setInterval'] });
    const door = await open({ tls });
    try {
      const before = readFileSync(tls.cert);
      makeCertificate(server.folder);
      mock.timers.tick(60_000);
      for (const [ca, isTrusted] of [[before, false] as const, [readFileSync(tls.cert), true] as const]) {
        const dispatcher = new Agent({ connect: { ca } });
        const answer = request(`${door.address}/nowhere`, { dispatcher });
        if (isTrusted) await (await answer).body.dump();
        else await assert.rejects(answer, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
        await dispatcher.close();
      }
    } finally {
      mock.timers.reset();
      await door.close();
    }
  });

  it('says what is wrong with a certificate', async () => {
    const { cert, key } = makeCertificate(server.folder);
    const absent = join(server.folder, 'absent.pem');
    await assert.rejects(open({ tls: { cert, key: cert } }), /--tls-cert FILE --tls-key FILE/);
    await assert.rejects(open({ tls: { cert: absent, key } }), /absent\.pem can't be read/);
  });

  it('answers what is too long to be read in the shape of every dialect', async () => {
    const door = await open({ auth: false });
    const { statusCode, body } = await request(`${door.address}/batches/${'0'.repeat(20_000)}`);
    assert.equal(statusCode, 431);
    const answer: unknown = await body.json();
    assert.ok(typeof answer === 'object' && answer !== null);
    assert.deepEqual(Object.keys(answer), ['code', 'error', 'message', 'msg', 'detail']);
    await door.close();
  });

  it('refuses a head that can be read in two ways', async () => {
    const door = await open({ auth: false });
    const port = Number(new URL(door.address).port);
    const say = async (head: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`${head}\r\nConnection: close\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      socket.destroy();
      return String(answer).slice(9, 12);
    };
    const cases: [head: string, status: string][] = [
      ['GET /nowhere HTTP/1.1\r\nHost: localhost', '404'],
      ['GET http://localhost/nowhere HTTP/1.1\r\nHost: localhost', '404'],
      ['GET /nowhere HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: elsewhere', '404'],
      ['GET /nowhere HTTP/1.1\r\nHost: elsewhere\r\nX-Forwarded-Host: localhost', '403'],
      ['GET /nowhere HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere', '400'],
      ['GET /nowhere HTTP/1.1\r\nHost: localhost\r\nhost: localhost', '400'],
      ['GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere', '400'],
      ['GET http://elsewhere/nowhere HTTP/1.1\r\nHost: localhost', '400'],
      ['GET /nowhere HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nAuthorization: b', '400'],
      ['GET /nowhere HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: a\r\nIdempotency-Key: b', '400'],
    ];
    try {
      for (const [head, status] of cases) assert.equal(await say(head), status, head);
    } finally {
      await door.close();
    }
  });

  it('lets who is inside have the answer, and refuses who comes meanwhile with 503', async () => {
    const door = await open();
    const port = Number(new URL(door.address).port);
    // A body that is still on its way keeps this one inside.
    const inside = connect(port, '127.0.0.1');
    await once(inside, 'connect');
    inside.write(
      'POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
    );
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    idle.write('GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.match(String((await once(idle, 'data'))[0]), /^HTTP\/1.1 404/);
    const closed = door.close();
    idle.write('GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.match(String((await once(idle, 'data'))[0]), /^HTTP\/1.1 503.*backend\.leaving/s);
    inside.write('}');
    assert.match(String((await once(inside, 'data'))[0]), /^HTTP\/1.1 405/);
    await closed;
    await assert.rejects(fetch(door.address));
  });
});

/** One that this machine signs for itself, as PEM files. */
