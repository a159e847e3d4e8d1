import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { readEnvironmentFile } from '../../../../server/api/http/fastapi/environmentFile.ts';
import { environmentFile } from '../../../support/seedExamples.ts';
import { TestServer, type Answer } from './support/testServer.ts';

const app = {
  id: 'app-20260101120000-0000',
  name: 'word count',
  user: 'u',
  cores: 2,
  memoryperexecutor: 1024,
  memoryperslave: 1024,
  state: 'RUNNING',
  starttime: 1767268800000,
  duration: 1000,
};
const worker = {
  id: 'worker-20260101115959-127.0.0.1-40001',
  host: '127.0.0.1',
  port: 40001,
  webuiaddress: 'http://127.0.0.1:40002',
  cores: 2,
  coresused: 2,
  coresfree: 0,
  memory: 2048,
  memoryused: 1024,
  memoryfree: 1024,
  state: 'ALIVE',
  lastheartbeat: 1767268860000,
};
/** What a master answered at /json/, Spark 4.3.0, shortened. */
const master = {
  url: 'spark://127.0.0.1:7077',
  status: 'ALIVE',
  workers: [worker, { ...worker, id: 'worker-2', state: 'DEAD' }],
  activeapps: [app],
  completedapps: [{ ...app, id: 'app-20260101110000-0000', state: 'FINISHED' }],
};

describe('api/http: Spark FastAPI', () => {
  let server: TestServer;
  let page: Server;
  let pageUrl: string;
  before(async () => {
    page = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/json;charset=utf-8' }).end(JSON.stringify(master)),
    ).listen(0, '127.0.0.1');
    await once(page, 'listening');
    const address = page.address();
    pageUrl = `http://localhost:${typeof address === 'object' && address ? address.port : 0}`;
  });
  after(() => page.close());
  beforeEach(async () => {
    server = await TestServer.open({ auth: false });
    configure(`SPARK_MASTER_URL=${pageUrl}\nSPARK_SUBMIT_MASTER=local[1]\n`);
  });
  afterEach(async () => server.close());

  const configure = (text: string): void => writeFileSync(join(server.folder, '.env'), text);
  const upload = async (name: string, text: string): Promise<unknown> =>
    server.rooms.uploads.save(undefined, name, Readable.from([Buffer.from(text)]));
  const submit = async (body: unknown, query = ''): Promise<Answer> =>
    server.ask('POST', `/api/v1/jobs/submit${query}`, { body });

  it('tells of the cluster and its workers', async () => {
    const status = await server.ask('GET', '/api/v1/cluster/status');
    assert.deepEqual(
      [status.status, status.json],
      [
        200,
        {
          status: 'ALIVE',
          total_cores: 2,
          used_cores: 2,
          total_memory: 2048,
          used_memory: 1024,
          worker_count: 1,
          active_app_count: 1,
        },
      ],
    );
    const workers = await server.ask('GET', '/api/v1/cluster/workers');
    const { id, host, port, cores, memory } = worker;
    assert.deepEqual(workers.json, [
      { id, host, port, cores, memory, state: 'ALIVE' },
      { id: 'worker-2', host, port, cores, memory, state: 'DEAD' },
    ]);
  });

  it('lists applications', async () => {
    const first = {
      id: app.id,
      name: 'word count',
      state: 'RUNNING',
      cores: 2,
      memory_per_executor: 1024,
      submitted_time: 1767268800000,
    };
    assert.deepEqual((await server.ask('GET', '/api/v1/jobs/apps')).json, [
      first,
      { ...first, id: 'app-20260101110000-0000', state: 'FINISHED' },
    ]);
  });

  it('submits a script of the uploads folder, with the values that are not given', async () => {
    await upload('my_job.py', 'echo "$@"');
    const { status, json } = await submit({ script_path: 'my_job.py' });
    assert.deepEqual([status, json], [200, { success: true, message: 'Batch 1 has ended with success.' }]);
    const { request } = server.rooms.batches.get(1);
    const { file, workingFolder: _, ...kept } = request;
    assert.equal(file, join(server.rooms.uploads.folder(undefined), 'my_job.py'));
    assert.deepEqual(kept, {
      args: [],
      driverMemory: '1g',
      executorMemory: '1g',
      executorCores: 1,
      conf: { 'spark.master': 'local[1]' },
    });
    const more = { script_path: 'my_job.py', app_args: ['a b'], num_executors: 2, executor_cores: 3 };
    assert.equal((await submit(more, '?wait=true')).status, 200);
    assert.deepEqual(
      [server.rooms.batches.get(2).request.args, server.rooms.batches.get(2).request.numExecutors],
      [['a b'], 2],
    );
  });

  it('answers 400 with the reason when the job fails', async () => {
    await upload('bad.py', 'exit 3');
    const { status, json } = await submit({ script_path: 'bad.py' });
    assert.equal(status, 400);
    assert.match(JSON.stringify(json), /^\{"detail":"Batch 1 failed: /);
  });

  it('answers 404 when there is no such script', async () => {
    const { status, json } = await submit({ script_path: 'none.py' });
    assert.deepEqual([status, json], [404, { detail: 'No file none.py was uploaded. Upload it first.' }]);
  });

  it('answers 503 when the master cannot be reached, or there is none', async () => {
    configure('SPARK_MASTER_URL=http://127.0.0.1:1\n');
    for (const path of ['/api/v1/cluster/status', '/api/v1/cluster/workers', '/api/v1/jobs/apps']) {
      const { status, text } = await server.ask('GET', path);
      assert.equal(status, 503, text);
      assert.match(text, /^\{"detail":"The master at http:\/\/127\.0\.0\.1:1 can't be reached/);
    }
    assert.equal((await server.ask('DELETE', '/api/v1/jobs/apps/app-1')).status, 503);
    configure('');
    const none = await server.ask('GET', '/api/v1/cluster/status');
    assert.equal(none.status, 503);
    assert.match(none.text, /No cluster runs here\. .*SPARK_MASTER_URL/);
    await upload('my_job.py', 'true');
    assert.equal((await submit({ script_path: 'my_job.py' })).status, 503);
    configure('SPARK_MASTER_URL=localhost:8080\n');
    assert.match(
      (await server.ask('GET', '/api/v1/cluster/status')).text,
      /not the address of a master's page/,
    );
  });

  it('kills the application of a batch of ours, and no other', async () => {
    const { status, text } = await server.ask('DELETE', `/api/v1/jobs/apps/${app.id}`);
    assert.equal(status, 400);
    assert.match(text, /was not submitted here/);
    const ended = await server.ask('DELETE', '/api/v1/jobs/apps/app-20260101110000-0000');
    assert.equal(ended.status, 200);
    const none = await server.ask('DELETE', '/api/v1/jobs/apps/app-1');
    assert.deepEqual([none.status, none.json], [404, { detail: 'There is no application app-1.' }]);
  });

  const refused: [what: string, body: unknown][] = [
    ['a path', { script_path: '../my_job.py' }],
    ['an absolute path', { script_path: '/etc/my_job.py' }],
    ['a folder', { script_path: 'a/../../my_job.py' }],
    ['a path of Windows', { script_path: '..\\my_job.py' }],
    ['a NUL', { script_path: 'x\0.py' }],
    ['a hidden file', { script_path: '.env.py' }],
    ['the file .env', { script_path: '.env' }],
    ['what is no script', { script_path: 'job.jar' }],
    ['no script', {}],
    ['no body', undefined],
    ['an unknown field', { script_path: 'a.py', deploy_mode: 'cluster' }],
    ['a text for a number', { script_path: 'a.py', executor_cores: '1' }],
    ['memory of words', { script_path: 'a.py', driver_memory: 'much' }],
    ['arguments that are no list', { script_path: 'a.py', app_args: 'x' }],
  ];
  for (const [what, body] of refused) {
    it(`refuses ${what} with 400`, async () => {
      const { status, text } = await submit(body);
      assert.equal(status, 400, text);
      assert.match(text, /^\{"detail":"/);
      assert.equal(server.rooms.batches.list({}).total, 0);
    });
  }

  it("says in its own shape that a path or a method isn't its", async () => {
    for (const [method, path, wanted] of [
      ['GET', '/api/v1/cluster/other', 404],
      ['POST', '/api/v1/cluster/status', 405],
      ['GET', '/api/v1/jobs/submit', 405],
      ['DELETE', '/api/v1/jobs/apps', 405],
    ] as const) {
      const { status, text } = await server.ask(method, path);
      assert.equal(status, wanted, path);
      assert.match(text, /^\{"detail":"/);
    }
  });

  it('reads the .env of the document', () => {
    configure(environmentFile);
    assert.deepEqual(readEnvironmentFile(server.folder, { HOME: '/home/me' }), {
      masterPage: 'http://localhost:8080',
      master: 'spark://localhost:7077',
      sparkHome: '/home/me/spark',
    });
    assert.deepEqual(readEnvironmentFile(join(server.folder, 'none'), {}), {});
  });
});

describe('api/http: Spark FastAPI with teams', () => {
  it("tells a team of its own applications alone, on a master that is nobody's cluster", async () => {
    const page = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/json' }).end(JSON.stringify(master)),
    ).listen(0, '127.0.0.1');
    await once(page, 'listening');
    const address = page.address();
    const server = await TestServer.open();
    try {
      const port = typeof address === 'object' && address ? address.port : 0;
      const text = `SPARK_MASTER_URL=http://localhost:${port}\nSPARK_SUBMIT_MASTER=local[1]\n`;
      writeFileSync(join(server.folder, '.env'), text);
      const request = { file: server.script('job.py', 'sleep 600'), conf: { 'spark.master': 'local[1]' } };
      const { id } = await server.rooms.batches.submit({ request }, { team: 'ours' });
      const database = new DatabaseSync(join(server.folder, 'sparkdeck.sqlite'));
      database.prepare('UPDATE batches SET app_id = ? WHERE id = ?').run(app.id, id);
      database.close();
      const ids = async (team: string): Promise<string> => {
        const token = server.token({ team, role: 'submitter' });
        const { text } = await server.ask('GET', '/api/v1/jobs/apps', { token });
        const status = await server.ask('GET', '/api/v1/cluster/status', { token });
        const count = /"active_app_count":(\d)/.exec(status.text)?.[1];
        return `${count}: ${[...text.matchAll(/app-[\d-]+/g)].join()}`;
      };
      assert.deepEqual([await ids('ours'), await ids('theirs')], [`1: ${app.id}`, '0: ']);
      const path = `/api/v1/jobs/apps/${app.id}`;
      const theirs = server.token({ team: 'theirs', role: 'submitter' });
      const refused = await server.ask('DELETE', path, { token: theirs });
      assert.deepEqual(
        [refused.status, refused.json],
        [404, { detail: `There is no application ${app.id}.` }],
      );
      const ours = server.token({ team: 'ours', role: 'submitter' });
      assert.equal((await server.ask('DELETE', path, { token: ours })).status, 200);
    } finally {
      await server.close();
      page.close();
    }
  });

  it("answers nobody by way of another team's cluster", async () => {
    const server = await TestServer.open();
    try {
      const spec = { name: 'c', provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' } as const;
      await server.rooms.clusters.start(spec, 'ours');
      await server.rooms.clusters.await('c', AbortSignal.timeout(10_000));
      const file = 'SPARK_MASTER_URL=http://localhost:1/\nSPARK_SUBMIT_MASTER=spark://localhost:1/c\n';
      writeFileSync(join(server.folder, '.env'), file);
      const token = server.token({ team: 'theirs', role: 'submitter' });
      const { status, text } = await server.ask('GET', '/api/v1/cluster/status', { token });
      assert.equal(status, 503);
      assert.match(text, /No cluster of yours is at/);
      await server.rooms.uploads.save('theirs', 'job.py', Readable.from([Buffer.from('true')]));
      const body = { script_path: 'job.py' };
      const submitted = await server.ask('POST', '/api/v1/jobs/submit', { token, body });
      assert.equal(submitted.status, 503);
      const mine = server.token({ team: 'ours', role: 'submitter' });
      await server.rooms.uploads.save('ours', 'job.py', Readable.from([Buffer.from('true')]));
      assert.equal((await server.ask('POST', '/api/v1/jobs/submit', { token: mine, body })).status, 200);
      assert.equal(server.rooms.batches.get(1).cluster, 'c');
      assert.equal((await server.ask('GET', '/api/v1/cluster/status')).status, 401);
    } finally {
      await server.close();
    }
  });
});
