import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { AnswerCache } from '../../../../server/api/http/answerCache.ts';
import { Batch } from '../../../../server/protocol/batch.ts';
import { TestServer, type Answer } from './support/testServer.ts';

const base = '/api/sparkdeck/v1';
const conf = { 'spark.master': 'local[1]' };
const Tagged = Type.Object({ etag: Type.String({ pattern: '^"[\\w-]+"$' }) });

/** Two batches that wait behind one that runs, and one that has ended. */
interface Things {
  running: number;
  first: number;
  second: number;
  ended: number;
  token: string;
}

type Change = (server: TestServer, things: Things) => unknown;
const changes: Record<string, Change> = {
  'a submit': async (server, { token }) => submit(server, token, 'sleep 600'),
  "another team's submit": async (server, { token }) =>
    submit(server, server.token({ role: 'submitter', team: 'others' }), 'sleep 600', token),
  'an end': async (server, { running }) => server.rooms.batches.kill(running),
  'a move in the queue': (server, { second }) => server.rooms.batches.move(second, 1),
  'a removal': async (server, { ended }) => server.rooms.batches.remove(ended),
  'more output': (server, { ended }) =>
    appendFileSync(join(server.rooms.batches.get(ended).folder, 'stdout.log'), 'a last word\n'),
  'a cluster': async (server, { token }) => {
    const { status } = await server.ask('POST', `${base}/clusters`, {
      token: server.token({ role: 'admin', team: 'own' }),
      body: { name: 'small', provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' },
    });
    assert.equal(status, 201, token);
  },
};

/** What of the routes is another answer after which change. */
const routes: readonly { path: (things: Things) => string; changedBy: readonly string[] }[] = [
  {
    // It holds the revision of all.
    path: () => `${base}/batches`,
    changedBy: [
      'a submit',
      "another team's submit",
      'an end',
      'a move in the queue',
      'a removal',
      'a cluster',
    ],
  },
  {
    path: () => `${base}/batches?limit=1&state=not_started`,
    changedBy: [
      'a submit',
      "another team's submit",
      'an end',
      'a move in the queue',
      'a removal',
      'a cluster',
    ],
  },
  { path: ({ running }) => `${base}/batches/${running}`, changedBy: ['an end'] },
  { path: ({ first }) => `${base}/batches/${first}`, changedBy: ['an end', 'a move in the queue'] },
  { path: ({ second }) => `${base}/batches/${second}`, changedBy: ['an end', 'a move in the queue'] },
  { path: ({ ended }) => `${base}/batches/${ended}`, changedBy: ['a removal'] },
  { path: ({ ended }) => `${base}/batches/${ended}?wait=true`, changedBy: ['a removal'] },
  { path: () => '/batches', changedBy: ['a submit', 'an end', 'a removal', 'more output'] },
  { path: ({ running }) => `/batches/${running}/state`, changedBy: ['an end'] },
  { path: ({ ended }) => `/batches/${ended}`, changedBy: ['a removal', 'more output'] },
  { path: ({ ended }) => `/batches/${ended}/state`, changedBy: ['a removal'] },
  { path: () => '/batches/named/state', changedBy: ['a submit'] },
  { path: () => `${base}/clusters`, changedBy: ['a cluster'] },
  { path: () => `${base}/clusters/small`, changedBy: ['a cluster'] },
];

async function submit(server: TestServer, token: string, text: string, name = 'named'): Promise<number> {
  const file = server.script(`job ${Math.random()}.py`, text);
  const answer = await server.ask('POST', `${base}/batches`, { token, body: { file, conf, name } });
  assert.equal(answer.status, 201, answer.text);
  return Value.Parse(Batch, answer.json).id;
}

const tagOf = ({ headers, text }: Answer): string => {
  assert.ok(Value.Check(Tagged, headers), text);
  return headers.etag;
};

describe('api/http: answers that are asked for again', () => {
  let server: TestServer;
  let things: Things;
  beforeEach(async () => {
    server = await TestServer.open();
    const token = server.token({ role: 'submitter', team: 'own' });
    const ended = await submit(server, token, 'echo first');
    await server.ended(ended);
    server.rooms.settings.set({ maxRunning: 1 });
    const running = await submit(server, token, 'sleep 600');
    await server.changes.until(
      'batch',
      running,
      () => server.rooms.batches.get(running).state !== 'not_started' || undefined,
    );
    const first = await submit(server, token, 'sleep 600');
    const second = await submit(server, token, 'sleep 600');
    things = { token, ended, running, first, second };
  });
  afterEach(async () => server.close());
  const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    server.ask('GET', path, { token: things.token, headers });

  for (const [what, change] of Object.entries(changes)) {
    it(`${what} makes those answers anew that it changes, and no others`, async () => {
      const before = new Map<string, Answer>();
      for (const { path } of routes) before.set(path(things), await get(path(things)));
      await change(server, things);
      for (const { path, changedBy } of routes) {
        const url = path(things);
        const old = before.get(url);
        assert.ok(old);
        const etag = old.status === 200 ? tagOf(old) : '"none"';
        const now = await get(url, { 'if-none-match': etag });
        // What starts after an end, and output that it writes, come when they come.
        const isChanged = now.status !== 304 && (now.status !== old.status || now.text !== old.text);
        if (changedBy.includes(what)) assert.ok(isChanged, `${url} after ${what}: ${now.status}`);
        else if (what !== 'an end') assert.ok(!isChanged, `${url} after ${what}: ${now.text}`);
      }
    });
  }

  it('answers 304 without a body to who has it, by a tag that is strong and stays', async () => {
    for (const { path } of routes.filter(route => !route.path(things).endsWith('/small'))) {
      const url = path(things);
      const whole = await get(url);
      const etag = tagOf(whole);
      assert.deepEqual([whole.status, tagOf(await get(url))], [200, etag], url);
      assert.equal(whole.headers['cache-control'], 'private, no-cache');
      assert.equal(whole.headers['vary'], 'Authorization');
      for (const named of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const known = await get(url, { 'if-none-match': named });
        assert.deepEqual([known.status, known.text, tagOf(known)], [304, '', etag], `${url} ${named}`);
        assert.equal(known.headers['cache-control'], 'private, no-cache');
        assert.equal(known.headers['vary'], 'Authorization');
        assert.equal(known.headers['content-length'], undefined);
      }
      for (const other of ['"other"', etag.slice(1, -1), '']) {
        const anew = await get(url, { 'if-none-match': other });
        assert.deepEqual([anew.status, anew.text], [200, whole.text], `${url} ${other}`);
      }
      const head = await server.ask('HEAD', url, { token: things.token });
      assert.deepEqual([head.status, head.text, tagOf(head)], [200, '', etag], url);
      assert.equal(head.headers['content-length'], String(Buffer.byteLength(whole.text)));
    }
  });

  it('gives nothing kept to who may not have it, nor to a token that was revoked a moment ago', async () => {
    const url = `${base}/batches/${things.ended}`;
    const etag = tagOf(await get(url));
    const others = server.token({ role: 'admin', team: 'others' });
    const all = server.token({ role: 'admin' });
    const { token: short, entry } = server.rooms.teams.tokens.create({ role: 'viewer', team: 'own' });
    const headers = { 'if-none-match': etag };
    for (const path of [url, `/batches/${things.ended}`, `/batches/${things.ended}/state`]) {
      await get(path);
      assert.equal((await server.ask('GET', path, { token: others })).status, 404, path);
      assert.equal(
        (await server.ask('GET', path, { token: others, headers: { 'if-none-match': '*' } })).status,
        404,
      );
      assert.equal((await server.ask('GET', path, { headers })).status, 401, path);
      assert.equal((await server.ask('GET', path, { token: all })).status, 200, path);
      assert.equal((await server.ask('GET', path, { token: short })).status, 200, path);
    }
    assert.match((await server.ask('GET', `${base}/batches`, { token: others })).text, /"batches":\[\]/);
    server.rooms.teams.tokens.revoke(entry.id);
    assert.equal((await server.ask('GET', url, { token: short, headers })).status, 401);
    assert.equal((await server.ask('GET', url, { token: short })).status, 401);
  });

  it('makes what is unchanged once', async () => {
    const { batches } = server.rooms;
    let lists = 0;
    const list = batches.list.bind(batches);
    batches.list = (...given) => {
      lists++;
      return list(...given);
    };
    const first = await get(`${base}/batches`);
    for (let count = 0; count < 5; count++) assert.equal((await get(`${base}/batches`)).text, first.text);
    assert.equal(lists, 1);
    await submit(server, things.token, 'sleep 600');
    assert.notEqual((await get(`${base}/batches`)).text, first.text);
    assert.equal(lists, 2);
  });

  it('keeps a bounded number of answers, whatever is asked for', async () => {
    for (let limit = 1; limit <= 1000; limit++) {
      await get(`${base}/batches?limit=${limit}`);
      await get(`/batches/${things.ended}?pad=${'x'.repeat(limit)}`);
    }
    const { answers } = server.app;
    assert.ok(
      answers.count <= 4096 && answers.bytes <= 32 * 2 ** 20,
      `${answers.count} of ${answers.bytes} bytes`,
    );
  });
});

describe('api/http: the answers that are kept', () => {
  const answer = (length: number): { etag: string; body: Buffer } => ({
    etag: '"x"',
    body: Buffer.alloc(length),
  });

  it('are bounded by their number, and those asked for longest ago go first', () => {
    const cache = new AnswerCache({ count: 3, bytes: 2 ** 20 });
    for (const key of ['a', 'b', 'c']) cache.set(key, '1', answer(1));
    assert.ok(cache.get('a', '1'));
    cache.set('d', '1', answer(1));
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map(key => cache.get(key, '1') !== undefined),
      [true, false, true, true],
    );
  });

  it('are bounded by their bytes, and a large one displaces none', () => {
    const cache = new AnswerCache({ count: 1000, bytes: 100_000 });
    for (let index = 0; index < 500; index++) cache.set(`key ${index}`, '1', answer(index * 20));
    assert.ok(cache.bytes <= 100_000, String(cache.bytes));
    const { count } = cache;
    assert.ok(count > 5);
    cache.set('large', '1', answer(50_000));
    assert.deepEqual([cache.get('large', '1'), cache.count], [undefined, count]);
  });

  it('are forgotten when their stamp is another, and leave no bytes behind', () => {
    const cache = new AnswerCache();
    cache.set('a', '1', answer(1000));
    cache.set('a', '2', answer(10));
    assert.ok(cache.bytes < 1000);
    assert.equal(cache.get('a', '1'), undefined);
    assert.deepEqual([cache.count, cache.bytes], [0, 0]);
  });
});
