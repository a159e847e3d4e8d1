import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { readCurl } from '../../../support/curl.ts';
import {
  batchState,
  clusterStatus,
  killBatch,
  launchCluster,
  submitBatch,
  terminateCluster,
  wholeBatchBody,
  type SeedExample,
} from '../../../support/seedExamples.ts';
import { TestServer, type Answer } from './support/testServer.ts';

const launch = JSON.parse(readCurl(launchCluster.curl).body ?? '');
const statusPath = '/cluster/status/spark/cluster';

describe('api/http: DCluster', () => {
  let server: TestServer;
  let goOn: () => void;
  beforeEach(async () => {
    const waiting = new Promise<void>(resolve => {
      goOn = resolve;
    });
    server = await TestServer.open({
      auth: false,
      start: async ({ name }) => {
        await waiting;
        return { masterUrl: `spark://127.0.0.1:1/${name}`, uiUrl: 'http://127.0.0.1:1' };
      },
    });
  });
  afterEach(async () => server.close());

  const send = async ({ curl }: SeedExample, prefix = ''): Promise<Answer> => {
    const { method, url, headers, body } = readCurl(curl);
    assert.ok(method === 'GET' || method === 'POST' || method === 'DELETE');
    return server.ask(method, prefix + url.pathname, { headers, ...(body !== undefined && { body }) });
  };
  const started = async (more: object = {}): Promise<number> => {
    const { status, text } = await server.ask('POST', '/cluster/v2/launch/spark/cluster', {
      body: { ...launch, ...more },
    });
    assert.equal(status, 200, text);
    goOn();
    const { spec } = server.rooms.clusters.list().find(({ id }) => String(id) === text) ?? assert.fail(text);
    await server.rooms.clusters.await(spec.name, AbortSignal.timeout(10_000));
    return Number(text);
  };
  const service = (id: number): string => `/cluster/service/spark/${id}`;
  const havePackage = (): void => {
    const jars = join(server.folder, 'spark', 'jars');
    mkdirSync(jars, { recursive: true });
    writeFileSync(join(jars, 'hadoop-aws-3.5.0.jar'), '');
  };

  it('launches a cluster, answers its id alone, and tells all the fields of its status', async () => {
    const first = await send(launchCluster);
    assert.deepEqual([first.status, first.text], [200, '1']);
    const second = await send(launchCluster);
    assert.equal(second.text, '2');
    const { status, json } = await send(clusterStatus);
    assert.equal(status, 200);
    const told = Value.Parse(Type.Record(Type.String(), Type.Unknown()), json);
    const wanted: Record<string, unknown> = JSON.parse(clusterStatus.answer ?? '');
    const { name } = told;
    const address = 'http://localhost/cluster/service/spark/2';
    assert.match(String(name), /^spark-test-[a-z0-9]{6}$/);
    assert.deepEqual(told, {
      ...wanted,
      name,
      namespace: name,
      clusterIps: [address],
      serviceAddress: address,
    });
    goOn();
    await server.rooms.clusters.await(String(name), AbortSignal.timeout(10_000));
    const { json: after } = await send(clusterStatus);
    assert.deepEqual(after, { ...told, status: 'RUNNING' });
    assert.equal(server.rooms.clusters.get(String(name)).team, 'test');
  });

  it('terminates, with what runs there', async () => {
    const id = await started();
    const file = server.script('long.py', 'sleep 600');
    const batch = await server.ask('POST', `${service(id)}/batches`, { body: { file } });
    assert.equal(batch.status, 201, batch.text);
    const ended = await server.ask('DELETE', `/cluster/terminate/spark/${id}`);
    assert.deepEqual([ended.status, ended.json], [200, { msg: 'terminated' }]);
    const { json } = await server.ask('GET', `${statusPath}/${id}`);
    assert.equal(Value.Parse(Type.Object({ status: Type.String() }), json).status, 'TERMINATED');
    assert.equal(server.rooms.batches.get(1).state, 'killed');
    const late = await server.ask('POST', `${service(id)}/batches`, { body: { file } });
    assert.equal(late.status, 400);
    assert.match(late.text, /^\{"msg":"The cluster .* is stopped/);
    // The document's example names a cluster that there never is.
    const none = await send(terminateCluster);
    assert.deepEqual([none.status, Object.keys(Value.Parse(Type.Object({}), none.json))], [404, ['msg']]);
  });

  it("answers each cluster's batches at its own address, with the states that its clients know", async () => {
    const [here, there] = [await started(), await started()];
    const file = server.script('long.py', 'sleep 600');
    for (const place of [there, here, there, here, here]) {
      const { status, json } = await server.ask('POST', `${service(place)}/batches`, { body: { file } });
      assert.equal(status, 201);
      assert.equal(Value.Parse(Type.Object({ state: Type.String() }), json).state, 'starting');
    }
    const state = await send(batchState, service(here));
    assert.deepEqual(state.json, { id: 4, state: 'starting' });
    assert.equal((await send(batchState, service(there))).status, 404);
    const killed = await send(killBatch, service(here));
    assert.deepEqual([killed.status, killed.json], [200, JSON.parse(killBatch.answer ?? '')]);
    const { json: list } = await server.ask('GET', `${service(here)}/batches`);
    assert.equal(Value.Parse(Type.Object({ total: Type.Integer() }), list).total, 2);
    await server.rooms.batches.kill(4);
    assert.deepEqual((await send(batchState, service(here))).json, { id: 4, state: 'dead' });
  });

  it('takes the submit of the document where Spark can read s3a:, and says what is missing where not', async () => {
    const id = await started();
    const refused = await send(submitBatch, service(id));
    assert.equal(refused.status, 400);
    assert.match(refused.text, /^\{"msg":"s3a:.* has no hadoop-aws.*extraClassPath/);
    havePackage();
    const { status, headers, json } = await send(submitBatch, service(id));
    assert.deepEqual([status, headers['location']], [201, `${service(id)}/batches/1`]);
    const wanted: object = JSON.parse(submitBatch.answer ?? '');
    assert.deepEqual(json, { ...wanted, id: 1, owner: 'test', state: 'starting' });
    const { request, cluster } = server.rooms.batches.get(1);
    assert.equal(cluster, server.rooms.clusters.list()[0]?.spec.name);
    const { file, className, executorMemory, executorCores, args } = JSON.parse(
      readCurl(submitBatch.curl).body ?? '',
    );
    const { workingFolder: _, cluster: __, ...kept } = request;
    assert.deepEqual(kept, { file, className, executorMemory, executorCores, args });
  });

  it('takes the whole body of the document, of which the master is the cluster here', async () => {
    havePackage();
    const small = await started();
    const tooBig = await server.ask('POST', `${service(small)}/batches`, {
      body: wholeBatchBody,
      headers: json,
    });
    assert.equal(tooBig.status, 400);
    assert.match(tooBig.text, /An executor with 7G fits on no worker/);
    const id = await started({ workerMemory: '8' });
    const { status, text } = await server.ask('POST', `${service(id)}/batches`, {
      body: wholeBatchBody,
      headers: json,
    });
    assert.equal(status, 201, text);
    const { request, master } = server.rooms.batches.get(1);
    const { 'spark.master': _, ...conf } = JSON.parse(wholeBatchBody).conf;
    assert.deepEqual(request.conf, conf);
    const { spec, masterUrl } = server.rooms.clusters.list().find(each => each.id === id) ?? assert.fail();
    assert.deepEqual([master, request.cluster], [masterUrl, spec.name]);
  });

  const json = { 'content-type': 'application/json;charset=UTF-8' };
  const { tenant: _, ...noTenant } = launch;
  const refused: [what: string, body: unknown][] = [
    ['no body', undefined],
    ['no tenant', noTenant],
    ['an unknown field', { ...launch, extra: 1 }],
    ['no workers', { ...launch, workers: 0 }],
    ['too many workers', { ...launch, workers: '65' }],
    ['a number of words', { ...launch, workers: 'four' }],
    ['memory with a unit', { ...launch, workerMemory: '6g' }],
    ['no memory', { ...launch, workerMemory: '0' }],
    ['a yes for a number', { ...launch, workerCpu: true }],
    ['a tenant that is a path', { ...launch, tenant: '../test' }],
  ];
  for (const [what, body] of refused) {
    it(`refuses to launch with ${what}`, async () => {
      const answer = await server.ask('POST', '/cluster/v2/launch/spark/cluster', { body });
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual(Object.keys(Value.Parse(Type.Object({ msg: Type.String() }), answer.json)), ['msg']);
      assert.deepEqual(server.rooms.clusters.list(), []);
    });
  }

  for (const id of ['0', '99', 'x', '-1', '1.5', '99999999999999999999', '%2e%2e', 'ü']) {
    it(`finds no cluster ${id}`, async () => {
      for (const path of [`${statusPath}/${id}`, `/cluster/service/spark/${id}/batches`]) {
        const { status, text } = await server.ask('GET', encodeURI(decodeURIComponent(path)));
        assert.equal(status, 404, path);
        assert.match(text, /^\{"msg":"/);
      }
    });
  }

  it('refuses another master at an address', async () => {
    const id = await started();
    const file = server.script('job.py', 'true');
    for (const master of ['local[2]', 'yarn', 'k8s://x']) {
      const body = { file, conf: { 'spark.master': master } };
      const { status, text } = await server.ask('POST', `${service(id)}/batches`, { body });
      assert.equal(status, 400);
      assert.match(text, /spark\.master can't be/);
    }
  });
});

describe('api/http: DCluster with teams', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open();
  });
  after(async () => server.close());

  it('a tenant is a team: others see nothing of its clusters, and launch none in its name', async () => {
    const ours = server.token({ team: 'test', role: 'admin' });
    const theirs = server.token({ team: 'other', role: 'admin' });
    const path = '/cluster/v2/launch/spark/cluster';
    const { text: id } = await server.ask('POST', path, { token: ours, body: launch });
    assert.equal((await server.ask('GET', `${statusPath}/${id}`, { token: ours })).status, 200);
    assert.equal((await server.ask('GET', `${statusPath}/${id}`, { token: theirs })).status, 404);
    assert.equal(
      (await server.ask('DELETE', `/cluster/terminate/spark/${id}`, { token: theirs })).status,
      404,
    );
    const foreign = await server.ask('POST', path, { token: theirs, body: launch });
    assert.equal(foreign.status, 403);
    assert.match(foreign.text, /^\{"msg":"Your token is the team other's/);
  });
});
