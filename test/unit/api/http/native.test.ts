import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { Batch } from '../../../../server/protocol/batch.ts';
import { Cluster } from '../../../../server/protocol/cluster.ts';
import { LogReadResult } from '../../../../server/protocol/log.ts';
import type { RuntimePreference } from '../../../../server/protocol/runtime.ts';
import { BatchTiming } from '../../../../server/protocol/timing.ts';
import { TestServer, type Answer } from './support/testServer.ts';

const base = '/api/sparkdeck/v1';
const conf = { 'spark.master': 'local[1]' };
const List = Type.Object({
  total: Type.Integer(),
  next: Type.Optional(Type.Integer()),
  batches: Type.Array(Batch),
});
const Failure = Type.Object({ code: Type.String(), message: Type.String() });

function read<S extends TSchema>(schema: S, answer: Answer, status = 200): Static<S> {
  assert.equal(answer.status, status, answer.text);
  assert.ok(Value.Check(schema, answer.json), answer.text);
  return answer.json;
}

describe("api/http: Sparkdeck's own interface", () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open({ auth: false });
  });
  after(async () => server.close());
  const submit = async (
    text: string,
    more: object = {},
    headers: Record<string, string> = {},
  ): Promise<Batch> => {
    const file = server.script(`job ${Math.random()}.py`, text);
    return read(
      Batch,
      await server.ask('POST', `${base}/batches`, { body: { file, conf, ...more }, headers }),
      201,
    );
  };

  it('takes a request that is repeated with its key once', async () => {
    const body = { file: server.script('job.py', 'true'), conf };
    const idBy = async (key: string): Promise<number> => {
      const headers = { 'idempotency-key': key };
      return read(Batch, await server.ask('POST', `${base}/batches`, { body, headers }), 201).id;
    };
    const first = await idBy('a key');
    assert.equal(await idBy('a key'), first);
    assert.notEqual(await idBy('another'), first);
  });

  it('refuses a working folder by a relative path', async () => {
    const file = server.script('job.py', 'true');
    for (const workingFolder of ['.', 'sub', '../x', '~', 'file:/tmp']) {
      const answer = await server.ask('POST', `${base}/batches`, { body: { file, conf, workingFolder } });
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.text, /working folder is a relative path/);
    }
  });

  it('lists by pages, by a cursor', async () => {
    const ids: number[] = [];
    for (let count = 0; count < 5; count++) ids.push((await submit('true')).id);
    const seen: number[] = [];
    for (let cursor = ''; ;) {
      const page = read(List, await server.ask('GET', `${base}/batches?limit=2${cursor}`));
      seen.push(...page.batches.map(({ id }) => id));
      if (page.next === undefined) break;
      cursor = `&cursor=${page.next}`;
    }
    assert.deepEqual(
      seen,
      [...seen].toSorted((a, b) => b - a),
    );
    assert.deepEqual(seen.slice(0, 5), ids.toReversed());
    for (const id of ids) await server.ended(id);
    const dead = read(List, await server.ask('GET', `${base}/batches?state=dead&state=killed`));
    assert.deepEqual(dead.batches, []);
  });

  it('waits for an end, and runs again with changes', async () => {
    const { id } = await submit('echo "$1"; exit 0', { args: ['a'] });
    assert.equal(read(Batch, await server.ask('GET', `${base}/batches/${id}?wait=true`)).state, 'success');
    const again = await server.ask('POST', `${base}/batches/${id}/rerun`, {
      body: { changes: { args: ['b'] } },
    });
    const rerun = read(Batch, again, 201);
    assert.deepEqual([rerun.rerunOf, rerun.request.args], [id, ['b']]);
    const log = `${base}/batches/${rerun.id}/log?streams=stdout&wait=true`;
    const { chunks, next } = read(LogReadResult, await server.ask('GET', log));
    assert.deepEqual(chunks, [{ stream: 'stdout', text: 'b\n' }]);
    await server.ended(rerun.id);
    const rest = await server.ask('GET', `${log}&stdout=${next.stdout}`);
    assert.deepEqual([read(LogReadResult, rest).chunks, read(LogReadResult, rest).ended], [[], true]);
    const found = await server.ask('GET', `${base}/batches/${rerun.id}/log/search?stream=stdout&query=B`);
    assert.match(found.text, /"line":"b"/);
    for (const what of ['progress', 'history', 'problems', 'command']) {
      assert.equal((await server.ask('GET', `${base}/batches/${rerun.id}/${what}`)).status, 200, what);
    }
    const { steps } = read(BatchTiming, await server.ask('GET', `${base}/batches/${rerun.id}/timing`));
    assert.deepEqual([steps.at(0)?.step, steps.at(-1)?.step], ['accepted', 'told']);
  });

  it('kills, and removes what has ended', async () => {
    const { id } = await submit('sleep 600');
    assert.equal(
      read(Failure, await server.ask('DELETE', `${base}/batches/${id}`), 409).code,
      'batch.running',
    );
    assert.equal(read(Batch, await server.ask('POST', `${base}/batches/${id}/kill`)).state, 'killed');
    const removed = await server.ask('DELETE', `${base}/batches/${id}`);
    assert.deepEqual([removed.status, removed.text], [204, '']);
    assert.equal(read(Failure, await server.ask('GET', `${base}/batches/${id}`), 404).code, 'batch.missing');
  });

  it('moves what waits to the front', async () => {
    await server.ask('PUT', `${base}/settings`, { body: { maxRunning: 1 } });
    const running = await submit('sleep 600');
    await submit('sleep 600');
    const last = await submit('sleep 600');
    const moved = await server.ask('POST', `${base}/batches/${last.id}/move`, { body: { position: 1 } });
    assert.equal(read(Batch, moved).queuePosition, 1);
    const all = read(List, await server.ask('GET', `${base}/batches?state=not_started`)).batches;
    for (const { id } of [...all, running]) await server.ask('POST', `${base}/batches/${id}/kill`);
    assert.deepEqual((await server.ask('PUT', `${base}/settings`, { body: {} })).json, {});
  });

  it('has clusters, and runs on them', async () => {
    const spec = { name: 'mine', provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' };
    read(Cluster, await server.ask('POST', `${base}/clusters`, { body: spec }), 201);
    assert.equal(read(Cluster, await server.ask('GET', `${base}/clusters/mine?wait=true`)).state, 'running');
    assert.equal(
      read(Failure, await server.ask('POST', `${base}/clusters`, { body: spec }), 409).code,
      'cluster.exists',
    );
    const { id } = await submit('sleep 600', { conf: {}, cluster: 'mine' });
    assert.equal(
      read(Failure, await server.ask('POST', `${base}/clusters/mine/stop`), 409).code,
      'cluster.busy',
    );
    assert.equal(
      read(Cluster, await server.ask('POST', `${base}/clusters/mine/stop?force=true`)).state,
      'stopped',
    );
    assert.equal(server.rooms.batches.get(id).state, 'killed');
    assert.equal((await server.ask('DELETE', `${base}/clusters/mine`)).status, 204);
    assert.equal((await server.ask('GET', `${base}/clusters/mine/detail`)).status, 404);
  });

  it('runs what was uploaded', async () => {
    const put = await server.ask('PUT', `${base}/uploads/${encodeURIComponent('jöb.py')}`, {
      body: 'echo uploaded\n',
    });
    assert.match(put.text, /"name":"jöb\.py","bytes":14/);
    const { id } = read(
      Batch,
      await server.ask('POST', `${base}/batches`, { body: { file: 'upload:jöb.py', conf } }),
      201,
    );
    await server.ended(id);
    assert.match((await server.ask('GET', `${base}/batches/${id}/log?streams=stdout`)).text, /uploaded/);
    const rerun = await server.ask('POST', `${base}/batches/${id}/rerun`, {
      body: { changes: { file: 'upload:nö.py' } },
    });
    assert.equal(read(Failure, rerun, 404).code, 'upload.missing');
    assert.equal((await server.ask('DELETE', `${base}/uploads/j%C3%B6b.py`)).status, 204);
    assert.deepEqual((await server.ask('GET', `${base}/uploads`)).json, { uploads: [] });
    assert.equal((await server.ask('DELETE', `${base}/uploads/j%C3%B6b.py`)).status, 404);
  });

  it('keeps no part of an upload that is too large', async () => {
    const body = Buffer.alloc(1024 ** 2 + 1);
    assert.equal(
      read(Failure, await server.ask('PUT', `${base}/uploads/big`, { body }), 413).code,
      'request.tooBig',
    );
    assert.deepEqual(readdirSync(server.rooms.uploads.folder(undefined)), []);
  });

  it('keeps no part of an upload whose sender went', async () => {
    await server.listen();
    const { port } = new URL(server.address);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `PUT ${base}/uploads/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf of it`,
    );
    const folder = server.rooms.uploads.folder(undefined);
    const until = async (count: number): Promise<void> => {
      while (readdirSync(folder).length !== count) await new Promise(resolve => setTimeout(resolve, 5));
    };
    await until(1);
    socket.destroy();
    await until(0);
    assert.deepEqual(
      server.log.filter(line => /Error.*\n +at /.test(line)),
      [],
    );
  });

  for (const name of [
    '..%2f..%2fx.py',
    '%2e%2e',
    '.hidden',
    'a,b.py',
    'a%00b',
    'a%0ab',
    'a%5cb',
    'x'.repeat(300),
    '%F0%9F%98%80'.repeat(70),
  ]) {
    it(`refuses an upload named ${name.slice(0, 20)}`, async () => {
      const files = (): string[] =>
        readdirSync(server.folder, { recursive: true, encoding: 'utf8' }).filter(path =>
          /^uploads|x\.py$/.test(path),
        );
      server.rooms.uploads.folder(undefined);
      const before = files();
      const { status, text } = await server.ask('PUT', `${base}/uploads/${name}`, { body: 'x' });
      assert.ok(status === 400 || status === 404, `${status} ${text}`);
      assert.deepEqual(files(), before);
    });
  }

  const bad: [
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ][] = [
    ['GET', '/batches/abc'],
    ['GET', '/batches/0'],
    ['GET', '/batches/1.5'],
    ['GET', '/batches/99999999999999999999'],
    ['GET', '/batches?limit=0'],
    ['GET', '/batches?limit=1001'],
    ['GET', '/batches?cursor=x'],
    ['GET', '/batches?state=asleep'],
    ['GET', '/batches?unknown=1'],
    ['GET', '/events?watch=x'],
    ['GET', '/events', undefined, { 'last-event-id': 'yesterday' }],
    ['POST', '/doctor', { sparkVersion: '4' }],
    ['GET', '/clusters/UPPER'],
    ['GET', '/audit?before=x'],
    ['POST', '/batches'],
    ['POST', '/batches', { file: '/x.py', unknown: 1 }],
    ['POST', '/batches', { file: '/x.py' }, { 'idempotency-key': 'x'.repeat(201) }],
    ['POST', '/batches?team=%20', { file: '/x.py' }],
    ['POST', '/clusters', { name: 'x' }],
    ['POST', '/tokens', { role: 'king' }],
    ['PUT', '/settings', { maxRunning: 0 }],
    ['PUT', '/settings', { maxRunning: '2' }],
    ['PUT', '/teams/x/quota', { memory: 'lots' }],
    ['PUT', '/uploads/x'],
    ['DELETE', '/tokens/x'],
  ];
  for (const [method, path, body, headers = {}] of bad) {
    it(`refuses ${method} ${path} ${JSON.stringify(body)?.slice(0, 40) ?? ''}`, async () => {
      const answer = await server.ask(method, `${base}${path}`, { body, headers });
      assert.equal(read(Failure, answer, 400).code, 'request.invalid');
    });
  }

  it('has teams, tokens, quotas and an audit record', async () => {
    const made = await server.ask('POST', `${base}/tokens`, { body: { team: 't', role: 'viewer' } });
    assert.match(made.text, /"token":"sparkdeck_[\w-]{43}"/);
    assert.equal((await server.ask('PUT', `${base}/teams/t/quota`, { body: { cores: 2 } })).status, 200);
    assert.match((await server.ask('GET', `${base}/teams`)).text, /"name":"t","quota":\{"cores":2\}/);
    assert.match((await server.ask('DELETE', `${base}/tokens/1`)).text, /revokedAt/);
    assert.match((await server.ask('GET', `${base}/audit?limit=1`)).text, /token\/revoke/);
    assert.match((await server.ask('GET', `${base}/tokens`)).text, /"role":"viewer"/);
  });

  it('has the machine looked at; what is named, by a POST that is recorded', async () => {
    const machine = { platform: 'linux', cores: 4, memory: 2 ** 30 };
    const report = { javas: [], pythons: [], sparks: [], findings: [], machine };
    const asked: RuntimePreference[] = [];
    server.rooms.runtimes.doctor = async preference => {
      asked.push(preference);
      return report;
    };
    const python = '/tmp/python';
    assert.deepEqual((await server.ask('GET', `${base}/doctor`)).json, report);
    assert.equal((await server.ask('GET', `${base}/doctor?python=${python}`)).status, 400);
    assert.deepEqual(asked, [{}]);
    assert.deepEqual((await server.ask('POST', `${base}/doctor`, { body: { python } })).json, report);
    assert.deepEqual(asked, [{}, { python }]);
    const [entry] = server.rooms.teams.audit.list({});
    assert.deepEqual([entry?.action, entry?.subject], ['runtime/doctor', JSON.stringify({ python })]);
  });

  it('tells Prometheus', async () => {
    const { headers, text } = await server.ask('GET', '/metrics');
    assert.match(String(headers['content-type']), /^text\/plain/);
    assert.match(text, /^sparkdeck_batches\{state="success"\} \d+$/m);
    assert.match(text, /^sparkdeck_clusters\{state="running"\} 0$/m);
    assert.match(
      text,
      /sparkdeck_http_request_duration_seconds_count\{method="POST",route="\/api\/sparkdeck\/v1\/batches",status="201"\} \d+/,
    );
  });

  it('tells everything about itself but where it is', async () => {
    assert.match((await server.ask('GET', `${base}/status`)).text, /"version":"0.0.0"/);
    assert.ok(!(await server.ask('GET', `${base}/status`)).text.includes(server.folder));
  });
});
