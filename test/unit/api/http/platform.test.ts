import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { platformDefaults, readConfiguration } from '../../../../server/api/http/platform/configuration.ts';
import { secondsOf } from '../../../../server/protocol/duration.ts';
import { fillPattern } from '../../../../server/api/http/platform/names.ts';
import { readCurl } from '../../../support/curl.ts';
import { platformCluster, platformJob } from '../../../support/seedExamples.ts';
import { TestServer } from './support/testServer.ts';

const example = JSON.parse(readCurl(platformCluster.curl).body ?? '');
const path = '/api/v1/clusters';
const Told = Type.Record(Type.String(), Type.Unknown());
const day = 86_400_000;

describe('api/http: the platform', () => {
  let server: TestServer;
  /** What starts of clusters wait for. */
  let gate: Promise<void>;
  beforeEach(async () => {
    gate = Promise.resolve();
    server = await TestServer.open({
      auth: false,
      start: async ({ name }) => {
        await gate;
        return { masterUrl: `spark://127.0.0.1:1/${name}`, uiUrl: 'http://127.0.0.1:1' };
      },
    });
  });
  afterEach(async () => server.close());

  const ask = async (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: unknown,
  ): Promise<Record<string, unknown> & { status: unknown; http: number }> => {
    const { status, json, text } = await server.ask(method, url, { body });
    assert.ok(Value.Check(Told, json), text);
    return { status: undefined, ...json, http: status };
  };
  const started = async (more: object = {}): Promise<string> => {
    const { cluster_id: id, http } = await ask('POST', path, { ...example, ...more });
    assert.equal(http, 201);
    await server.rooms.clusters.await(String(id), AbortSignal.timeout(10_000));
    return String(id);
  };
  const spec = (text: string, more: object = {}): object => ({
    file: server.script(`job ${Math.random()}.py`, text),
    conf: { 'spark.master': 'local[1]' },
    ...more,
  });
  /** The document's example; its job specification is left open there. */
  const job = (jobSpec: object): unknown =>
    JSON.parse((readCurl(platformJob.curl).body ?? '').replace('{...}', JSON.stringify(jobSpec)));

  it('answers the request of the document for a cluster', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    const answer = await server.ask('POST', path, {
      body: readCurl(platformCluster.curl).body,
      headers: json,
    });
    const told = Value.Parse(Told, answer.json);
    assert.deepEqual(Object.keys(told), Object.keys(JSON.parse(platformCluster.answer ?? '')));
    const { cluster_id: id } = told;
    assert.match(String(id), /^sc-feateng-pro-euw1-[a-z0-9]{6}$/);
    assert.deepEqual([answer.status, answer.headers['location']], [201, `${path}/${String(id)}`]);
    assert.deepEqual(told, {
      cluster_id: id,
      endpoint: 'sc://feateng-prod-euwest1.sparkdeck.localhost:15002',
      status: 'provisioning',
      estimated_ready_seconds: 30,
    });
    resolve();
    await server.rooms.clusters.await(String(id), AbortSignal.timeout(10_000));
    const now = await ask('GET', `${path}/${String(id)}`);
    const created = Date.parse(String(now['created_at']));
    assert.deepEqual(now, {
      http: 200,
      ...told,
      status: 'running',
      estimated_ready_seconds: 0,
      team: 'feature-engineering',
      environment: 'prod',
      region: 'eu-west-1',
      size: 'medium',
      workers: 2,
      catalogs: ['pedregal', 'feature_store'],
      master_url: `spark://127.0.0.1:1/${String(id)}`,
      created_at: now['created_at'],
      expires_at: new Date(created + 7 * day).toISOString(),
      notice: null,
      message: null,
    });
    gate = Promise.withResolvers<void>().promise;
    const again = await ask('POST', path, example);
    assert.ok(Number(again['estimated_ready_seconds']) <= 1, 'as long as the first start took');
  });

  it('lists them by team', async () => {
    const [ours, theirs] = [await started(), await started({ team: 'other' })];
    const ids = async (query: string): Promise<unknown> => {
      const { json } = await server.ask('GET', `${path}${query}`);
      const { clusters } = Value.Parse(
        Type.Object({ clusters: Type.Array(Type.Object({ cluster_id: Type.String() })) }),
        json,
      );
      return clusters.map(each => each.cluster_id);
    };
    assert.deepEqual(await ids('?team=other'), [theirs]);
    assert.deepEqual(await ids('?team=nobody'), []);
    assert.deepEqual(await ids(''), [ours, theirs].toSorted());
  });

  it('scales, by workers and by size', async () => {
    const id = await started();
    const scaled = await ask('POST', `${path}/${id}/scale`, { workers: 3 });
    assert.deepEqual([scaled.http, scaled['workers'], scaled['size']], [200, 3, null]);
    assert.equal((await ask('POST', `${path}/${id}/scale`, { size: 'medium' }))['workers'], 2);
    const other = await ask('POST', `${path}/${id}/scale`, { size: 'large' });
    assert.equal(other.http, 400);
    assert.match(String(other['message']), /Workers of the size large have 2 cores and 4g/);
    for (const body of [{}, { workers: 0 }, { workers: 65 }, { workers: 1, size: 'medium' }, { size: 'x' }]) {
      assert.equal((await ask('POST', `${path}/${id}/scale`, body)).http, 400, JSON.stringify(body));
    }
  });

  it('extends the time of a cluster, and stops one whose time is over', async () => {
    const id = await started({ ttl: '1h' });
    const { createdAt } = server.rooms.clusters.get(id);
    const extended = await ask('POST', `${path}/${id}/ttl`, { ttl: '2h' });
    assert.equal(extended['expires_at'], new Date(createdAt + 3 * 3_600_000).toISOString());
    for (const ttl of ['for ever', '9999999w']) {
      assert.equal((await ask('POST', `${path}/${id}/ttl`, { ttl })).http, 400);
    }
    const short = await started({ ttl: '1s' });
    const file = server.script('long.py', 'sleep 600');
    const { job_id: batch } = await ask('POST', '/api/v1/jobs', job({ file, cluster: short }));
    const { id: number } = server.rooms.clusters.get(short);
    await server.changes.until('cluster', number, () =>
      server.rooms.clusters.get(short).state === 'stopped' ? true : undefined,
    );
    const over = await ask('GET', `${path}/${short}`);
    assert.equal(over.status, 'stopped');
    assert.match(String(over['notice']), /^It was stopped since its time was over at /);
    assert.equal(server.rooms.batches.get(Number(batch)).state, 'killed');
    const [entry] = server.rooms.teams.audit.list({ team: 'feature-engineering' });
    assert.deepEqual(
      [entry?.who, entry?.action, entry?.subject, entry?.outcome],
      ['backend', 'cluster/expire', `cluster ${short}`, 'done'],
    );
    assert.equal((await ask('POST', `${path}/${short}/ttl`, { ttl: '1h' })).http, 409);
  });

  it('deletes a cluster, with what runs there', async () => {
    const id = await started();
    const file = server.script('long.py', 'sleep 600');
    const { job_id: batch } = await ask('POST', '/api/v1/jobs', job({ file, cluster: id }));
    const { http, ...told } = await ask('DELETE', `${path}/${id}`);
    assert.deepEqual([http, told], [200, { cluster_id: id, status: 'deleted' }]);
    assert.equal((await ask('GET', `${path}/${id}`)).http, 404);
    assert.equal((await ask('GET', `/api/v1/jobs/${String(batch)}`)).status, 'cancelled');
  });

  it('takes the job of the document, tells of it, and reads its log', async () => {
    const made = await ask('POST', '/api/v1/jobs', job(spec('echo "$@"', { args: ['a b'] })));
    const { http, submitted_at: at, ...told } = made;
    assert.equal(http, 201);
    assert.ok(Math.abs(Date.parse(String(at)) - Date.now()) < 60_000);
    assert.deepEqual(told, {
      job_id: 1,
      name: 'my-etl-job',
      team: 'data-infra',
      status: 'queued',
      message: null,
      cluster_id: null,
      app_id: null,
      spark_ui_url: null,
      started_at: null,
      ended_at: null,
      warnings: [],
    });
    await server.ended(1);
    const ended = await ask('GET', '/api/v1/jobs/1');
    assert.deepEqual([ended.status, typeof ended['ended_at']], ['succeeded', 'string']);
    assert.deepEqual(await ask('GET', '/api/v1/jobs/1/logs?from=0&size=2'), {
      http: 200,
      status: undefined,
      job_id: 1,
      from: 0,
      total: 3,
      lines: ['stdout: ', 'a b'],
    });
    assert.equal(server.rooms.batches.get(1).team, 'data-infra');
  });

  it("runs a team's job on the team's cluster, and says when its Spark is another", async () => {
    await started({ team: 'other' });
    const id = await started({ team: 'data-infra' });
    const file = server.script('job.py', 'true');
    const told = await ask('POST', '/api/v1/jobs', job({ file }));
    assert.deepEqual(
      [told['cluster_id'], told['warnings']],
      [id, [`Spark 3.5 was asked for; the cluster ${id} has 4.3.0, with which the job runs.`]],
    );
  });

  it("doesn't run a team's job on another team's cluster unasked, but on one that is nobody's", async () => {
    const theirs = await started({ team: 'other' });
    const file = server.script('job.py', 'true');
    const refused = await ask('POST', '/api/v1/jobs', job({ file }));
    assert.deepEqual([refused.http, refused['error']], [409, 'cluster.none']);
    assert.match(String(refused['message']), /No cluster runs for the team "data-infra"/);
    const asked = await ask('POST', '/api/v1/jobs', job({ file, cluster: theirs }));
    assert.deepEqual([asked.http, asked['cluster_id']], [201, theirs]);
    const nobodys = {
      name: 'free',
      provider: 'local',
      workers: 1,
      workerCores: 1,
      workerMemory: '1g',
    } as const;
    await server.rooms.clusters.start(nobodys);
    await server.rooms.clusters.await('free', AbortSignal.timeout(10_000));
    assert.equal((await ask('POST', '/api/v1/jobs', job({ file })))['cluster_id'], 'free');
  });

  it('cancels a job, and says failed of what failed', async () => {
    const { job_id: slow } = await ask('POST', '/api/v1/jobs', job(spec('sleep 600')));
    assert.equal((await ask('DELETE', `/api/v1/jobs/${String(slow)}`)).status, 'cancelled');
    assert.equal((await ask('GET', `/api/v1/jobs/${String(slow)}`)).status, 'cancelled');
    const { job_id: bad } = await ask('POST', '/api/v1/jobs', job(spec('exit 3')));
    await server.ended(Number(bad));
    const failed = await ask('GET', `/api/v1/jobs/${String(bad)}`);
    assert.deepEqual([failed.status, typeof failed['message']], ['failed', 'string']);
  });

  const json = { 'content-type': 'application/json' };
  const refusedJobs: [what: string, body: unknown, status: number][] = [
    ['the three dots of the document', readCurl(platformJob.curl).body, 400],
    ['no body', undefined, 400],
    ['no team', { name: 'x', config: { core_etl: { job_spec: { file: '/x.py' } } } }, 400],
    ['a stream', { ...jobOf({ file: '/x.py' }), config: { job_type: 'STREAMING', core_etl: {} } }, 400],
    ['an unknown field', jobOf({ file: '/x.py', main: 'x' }), 400],
    ['a name in the specification', jobOf({ file: '/x.py', name: 'x' }), 400],
    ['a file that is not there', jobOf({ file: '/nowhere/x.py', conf: { 'spark.master': 'local' } }), 400],
    ['a cluster that is not there', jobOf({ file: fileURLToPath(import.meta.url), cluster: 'none' }), 400],
  ];
  for (const [what, body, wanted] of refusedJobs) {
    it(`refuses a job with ${what}`, async () => {
      const { status, json: told, text } = await server.ask('POST', '/api/v1/jobs', { body, headers: json });
      assert.equal(status, wanted, text);
      assert.deepEqual(Object.keys(Value.Parse(Told, told)), ['error', 'message']);
      assert.equal(server.rooms.batches.list({}).total, 0);
    });
  }

  const refusedClusters: [what: string, more: object][] = [
    ['an unknown size', { size: 'gigantic' }],
    ['a size that every object has', { size: 'constructor' }],
    ['an unknown environment', { environment: 'moon' }],
    ['a region that is a path', { region: '../eu' }],
    ['a time of words', { ttl: 'a week' }],
    ['no time', { ttl: '0d' }],
    ['a time without sense', { ttl: '9999999w' }],
    ['a time that is too long', { environment: 'ci', ttl: '2d' }],
    ['catalogs that are no list', { catalogs: 'pedregal' }],
    ['a catalog with a comma', { catalogs: ['a,b'] }],
    ['an unknown field', { workers: 3 }],
  ];
  for (const [what, more] of refusedClusters) {
    it(`refuses a cluster with ${what}`, async () => {
      const { http, error, message } = await ask('POST', path, { ...example, ...more });
      assert.deepEqual([http, error, typeof message], [400, 'request.invalid', 'string']);
      assert.deepEqual(server.rooms.clusters.list(), []);
    });
  }

  for (const url of [
    '/api/v1/jobs/0',
    '/api/v1/jobs/x',
    '/api/v1/jobs/1.5',
    '/api/v1/jobs/99999999999999999999/logs',
    '/api/v1/jobs/%00',
    '/api/v1/clusters/none',
    '/api/v1/clusters/..%2f..',
    '/api/v1/clusters/%F0%9F%98%80',
  ]) {
    it(`finds nothing at ${url}`, async () => {
      const { http, error } = await ask('GET', url);
      assert.deepEqual([http, String(error).endsWith('.missing')], [404, true]);
    });
  }

  it('holds to its configuration', async () => {
    const file = join(server.folder, 'platform.json');
    writeFileSync(
      file,
      '{"regions": ["mars-1"], "sizes": {"one": {"workers": 1, "cores": 1, "memory": "512m"}}}',
    );
    const read = readConfiguration(server.folder);
    assert.deepEqual(
      [read.regions, Object.keys(read.sizes), read.domain],
      [['mars-1'], ['one'], 'sparkdeck.localhost'],
    );
    for (const bad of ['{', '[]', '{"size": {}}', '{"sizes": {"a": {"workers": 0}}}', 'null', '3']) {
      writeFileSync(file, bad);
      assert.throws(() => readConfiguration(server.folder), {
        code: 'request.invalid',
        message: /docs\/platform\.md/,
      });
    }
  });
});

function jobOf(jobSpec: object): object {
  return { name: 'x', team: 'a', config: { core_etl: { job_spec: jobSpec } } };
}

describe('api/http: the platform with a configuration of its own', () => {
  it('refuses what that does not know', async () => {
    const configuration = {
      regions: ['mars-1'],
      clusterId: '{team}',
      environments: { prod: { ttl: '1d' }, ci: { longestTtl: '2h' } },
    };
    const server = await TestServer.open({
      auth: false,
      prepare: folder => writeFileSync(join(folder, 'platform.json'), JSON.stringify(configuration)),
    });
    try {
      const elsewhere = await server.ask('POST', path, { body: example });
      assert.match(elsewhere.text, /There is no region eu-west-1\. Choose one of: mars-1\./);
      const { ttl: _, ...noTtl } = example;
      const there = await server.ask('POST', path, { body: { ...noTtl, region: 'mars-1' } });
      assert.equal(there.status, 201);
      const { createdAt, expiresAt } = server.rooms.clusters.get('feature-engineering');
      assert.equal(expiresAt, createdAt + day);
      const ci = await server.ask('POST', path, {
        body: { ...noTtl, team: 'ci', region: 'mars-1', environment: 'ci' },
      });
      assert.equal(ci.status, 201, ci.text);
      const short = server.rooms.clusters.get('ci');
      assert.equal(short.expiresAt, short.createdAt + day / 12, 'no longer than any there');
      const long = await server.ask('POST', path, {
        body: { ...example, region: 'mars-1', team: 'a'.repeat(41) },
      });
      assert.equal(long.status, 400);
      assert.match(long.text, /change the pattern clusterId/);
    } finally {
      await server.close();
    }
  });
});

describe('api/http: the platform, teams', () => {
  it('see and change their own alone', async () => {
    const server = await TestServer.open();
    try {
      const ours = server.token({ team: 'feature-engineering', role: 'admin' });
      const theirs = server.token({ team: 'other', role: 'admin' });
      const made = await server.ask('POST', path, { token: ours, body: example });
      const { cluster_id: id } = Value.Parse(Type.Object({ cluster_id: Type.String() }), made.json);
      await server.rooms.clusters.await(id, AbortSignal.timeout(10_000));
      assert.equal((await server.ask('POST', path, { token: theirs, body: example })).status, 403);
      for (const [method, url, body] of [
        ['GET', `${path}/${id}`, undefined],
        ['DELETE', `${path}/${id}`, undefined],
        ['POST', `${path}/${id}/scale`, { workers: 1 }],
        ['POST', `${path}/${id}/ttl`, { ttl: '1h' }],
      ] as const) {
        assert.equal((await server.ask(method, url, { token: theirs, body })).status, 404, url);
      }
      assert.deepEqual((await server.ask('GET', path, { token: theirs })).json, { clusters: [] });
      const submitter = server.token({ team: 'feature-engineering', role: 'submitter' });
      const scale = { token: submitter, body: { workers: 1 } };
      assert.equal((await server.ask('POST', `${path}/${id}/scale`, scale)).status, 403);
      const foreign = { ...jobOf({ file: '/x.py' }), team: 'other' };
      assert.equal(
        (await server.ask('POST', '/api/v1/jobs', { token: submitter, body: foreign })).status,
        403,
      );
    } finally {
      await server.close();
    }
  });
});

describe('api/http: platform names', () => {
  const cases: [pattern: string, team: string, environment: string, region: string, wanted: string][] = [
    [
      '{team_short}-{environment_short}-{region_short}',
      'feature-engineering',
      'prod',
      'eu-west-1',
      'feateng-pro-euw1',
    ],
    ['{team_short}', 'data-infra', 'dev', 'x', 'datainf'],
    ['{team_short}', 'ML_Platform.Core.And.More', 'dev', 'x', 'mlplacorandm'],
    ['{team}.{region_joined}.{domain}', 'A', 'dev', 'us-east-2', 'a.useast2.example.org'],
    ['{region_short} {unknown}', 'a', 'dev', 'ap-southeast-12', 'aps12 {unknown}'],
  ];
  for (const [pattern, team, environment, region, wanted] of cases) {
    it(`${pattern} of ${team}`, () => {
      assert.equal(fillPattern(pattern, { team, environment, region, domain: 'example.org' }), wanted);
    });
  }

  it('reads times', () => {
    assert.deepEqual(
      ['90s', '30m', '12h', '7d', '2w'].map(secondsOf),
      [90, 1800, 43_200, 604_800, 1_209_600],
    );
  });

  it('has defaults that the documentation tells', () => {
    const text = readFileSync(new URL('../../../../docs/platform.md', import.meta.url), 'utf8');
    const shown = /```json\n([^]*?)```/.exec(text)?.[1] ?? '';
    assert.deepEqual(JSON.parse(shown), platformDefaults);
  });
});
