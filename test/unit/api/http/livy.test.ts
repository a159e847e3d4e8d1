import assert from 'node:assert/strict';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { TestServer } from './support/testServer.ts';

const local = { 'spark.master': 'local[1]' };
const Id = Type.Object({ id: Type.Integer() });
const idOf = (json: unknown): number => Value.Parse(Id, json).id;

describe('api/http: Livy batches', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open({ auth: false });
  });
  after(async () => server.close());
  const submit = async (text: string, more: object = {}): Promise<number> => {
    const file = server.script(`job ${Math.random()}.py`, text);
    const answer = await server.ask('POST', '/batches', { body: { file, conf: local, ...more } });
    assert.equal(answer.status, 201, answer.text);
    return idOf(answer.json);
  };

  it('answers a submit with 201, where the batch is, and the batch', async () => {
    const file = server.script('first.py', 'sleep 0.1; echo "$@"; echo oh >&2');
    const body = {
      file,
      name: 'first',
      args: ['a b', 'ü'],
      driverCores: '1',
      executorCores: 2,
      conf: { ...local, 'spark.x': 1 },
    };
    const { status, headers, json } = await server.ask('POST', '/batches', {
      body,
      headers: { 'content-type': 'application/json;charset=UTF-8' },
    });
    const id = idOf(json);
    assert.deepEqual([status, headers['location']], [201, `/batches/${id}`]);
    assert.deepEqual(json, {
      id,
      name: 'first',
      owner: null,
      proxyUser: null,
      state: 'not_started',
      appId: null,
      appInfo: { driverLogUrl: null, sparkUiUrl: null },
      log: ['stdout: ', '\nstderr: '],
    });
    await server.ended(id);
    assert.deepEqual((await server.ask('GET', `/batches/${id}/state`)).json, { id, state: 'success' });
    assert.deepEqual((await server.ask('GET', '/batches/first/state')).json, { id, state: 'success' });
    assert.deepEqual((await server.ask('GET', `/batches/${id}/log?from=0&size=2`)).json, {
      id,
      from: 0,
      total: 4,
      log: ['stdout: ', 'a b ü'],
    });
    assert.deepEqual((await server.ask('GET', `/batches/${id}/log?size=1`)).json, {
      id,
      from: 3,
      total: 4,
      log: ['oh'],
    });
    assert.equal(server.rooms.batches.get(id).request.conf?.['spark.x'], '1');
  });

  it('lists the oldest first, in pages, with the count of all', async () => {
    const ids = [await submit('true'), await submit('true'), await submit('true')];
    for (const id of ids) await server.ended(id);
    const { json: all } = await server.ask('GET', '/batches');
    const { total, sessions } = Value.Parse(
      Type.Object({ total: Type.Integer(), sessions: Type.Array(Id) }),
      all,
    );
    assert.equal(total, sessions.length);
    assert.deepEqual(
      sessions.slice(-3).map(({ id }) => id),
      ids,
    );
    const { json: page } = await server.ask('GET', `/batches?from=${total - 2}&size=1`);
    assert.deepEqual(page, { from: total - 2, total, sessions: [sessions.at(-2)] });
  });

  it('kills and forgets', async () => {
    const id = await submit('echo begun; sleep 600');
    const deleted = await server.ask('DELETE', `/batches/${id}`, {
      headers: { 'content-type': 'application/json' },
    });
    assert.deepEqual([deleted.status, deleted.json], [200, { msg: 'deleted' }]);
    for (const path of [`/batches/${id}`, `/batches/${id}/state`, `/batches/${id}/log`]) {
      const gone = await server.ask('GET', path);
      assert.deepEqual([gone.status, gone.json], [404, { msg: `Session '${id}' not found.` }]);
    }
    assert.equal((await server.ask('DELETE', `/batches/${id}`)).status, 404);
  });

  it('says dead of what failed', async () => {
    const id = await submit('exit 3');
    await server.ended(id);
    assert.deepEqual((await server.ask('GET', `/batches/${id}/state`)).json, { id, state: 'dead' });
  });

  it('takes null for what is absent', async () => {
    const id = await submit('true', {
      className: null,
      proxyUser: null,
      args: null,
      name: null,
      numExecutors: null,
    });
    assert.equal((await server.ended(id)).state, 'success');
  });

  const file = '/tmp/x.py';
  const refused: [what: string, body: unknown, status: number, headers?: Record<string, string>][] = [
    ['no body', undefined, 400],
    ['no JSON', '{', 400],
    ['another type of content', 'file=x', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['text', '{}', 415, { 'content-type': 'text/plain' }],
    ['an array', [], 400],
    ['no file', {}, 400],
    ['an unknown field', { file, queue2: 'x' }, 400],
    ['a number in the place of a text', { file: 1 }, 400],
    ['a text in the place of a list', { file, args: 'x' }, 400],
    ['a count of no digits', { file, executorCores: 'two' }, 400],
    ['a count of 0', { file, numExecutors: 0 }, 400],
    ['a memory size that is none', { file, driverMemory: 'lots' }, 400],
    ['a file that is not there', { file: '/nowhere/x.py', conf: local }, 400],
    ['a file that is no program', { file: '/etc/passwd', conf: local }, 400],
    ['a relative path', { file: '../x.py', conf: local }, 400],
    ['no cluster to run on', { file: '/bin/x.jar' }, 400],
    ['cluster mode', { file, conf: { ...local, 'spark.submit.deployMode': 'cluster' } }, 400],
    ['a poisoned prototype', '{"file":"/x.py","__proto__":{"a":1}}', 400],
    ['someone else', { file, proxyUser: 'root' }, 403],
    ['a huge body', { file, args: ['x'.repeat(2 * 1024 * 1024)] }, 413],
  ];
  for (const [what, body, status, headers] of refused) {
    it(`refuses ${what} with ${status}`, async () => {
      const count = server.rooms.batches.list({}).total;
      const answer = await server.ask('POST', '/batches', {
        body,
        headers: { ...(typeof body === 'string' && { 'content-type': 'application/json' }), ...headers },
      });
      assert.equal(answer.status, status, answer.text);
      assert.deepEqual(
        Object.keys(Value.Parse(Type.Object({ msg: Type.String({ minLength: 10 }) }), answer.json)),
        ['msg'],
      );
      assert.equal(server.rooms.batches.list({}).total, count);
    });
  }

  for (const path of [
    '/batches/none',
    '/batches/99999',
    '/batches/99999999999999999999',
    '/batches/-1',
    '/batches/1.5',
    '/batches/ü%F0%9F%98%80',
    '/sessions/1',
    '/batches/x/y',
  ]) {
    it(`finds nothing at ${path}`, async () => {
      const answer = await server.ask('GET', encodeURI(decodeURIComponent(path)));
      assert.equal(answer.status, 404, answer.text);
      assert.match(answer.text, /^\{"msg":"/);
    });
  }

  for (const query of [
    'from=x',
    'from=-1',
    'size=1.5',
    'size=99999999999999999999',
    'from=1&from=2',
    'other=1',
  ]) {
    it(`refuses the query ${query}`, async () => {
      assert.equal((await server.ask('GET', `/batches?${query}`)).status, 400);
    });
  }

  it('does nothing in the name of another', async () => {
    const id = await submit('sleep 600');
    const path = `/batches/${id}`;
    const requests = [
      ['POST', '/batches', { file, conf: local }],
      ['GET', '/batches'],
      ['GET', path],
      ['GET', `${path}/state`],
      ['GET', `${path}/log`],
      ['DELETE', path],
    ] as const;
    for (const [method, url, body] of requests) {
      const { status, text } = await server.ask(method, `${url}?doAs=root`, { body });
      assert.equal(status, 403, `${method} ${url}`);
      assert.match(text, /^\{"msg":"Nothing is run in the name of \\"root\\"/);
    }
    assert.equal((await server.ask('GET', `${path}/state?doAs=`)).status, 200);
    assert.equal((await server.ask('DELETE', path)).status, 200);
  });

  it('says what version of Livy it is like', async () => {
    const { json } = await server.ask('GET', '/version');
    assert.match(Value.Parse(Type.Object({ version: Type.String() }), json).version, /^0\.8\.0/);
  });
});
