import { execa } from 'execa';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  batchState,
  clusterStatus,
  environmentFile,
  killBatch,
  launchCluster,
  platformCluster,
  platformJob,
  submitBatch,
  terminateCluster,
  type SeedExample,
} from './seedExamples.ts';

/** A request that was made, and what came of it. */
export interface Step {
  what: string;
  /** As it was typed. */
  command: string;
  /** What was put in where the document leaves something open. */
  note?: string;
  status: number;
  answer: string;
  /** What the document answers. */
  document?: string;
}

/** A server that has nothing yet. */
export interface EmptyServer {
  /** http://127.0.0.1:PORT */
  address: string;
  /** Its data folder. */
  folder: string;
}

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const pi = join(examples, 'pi.py');
const slow = join(examples, 'slow.py');
const small = { driverMemory: '512m', executorMemory: '512m' };
/** Milliseconds. */
const longestWait = 5 * 60_000;

/**
 * Goes through the documents' examples in an order in which each has what it speaks of, by the curl commands as they stand
 * there but for host and port; and through what the documents tell without an example. Needs a real Spark.
 */
export async function* walkDocuments(server: EmptyServer): AsyncGenerator<Step> {
  yield* platform(server);
  yield* fastapi(server);
  const clusters = JSON.parse((await call(server, 'List clusters', 'GET', '/api/v1/clusters')).answer);
  yield await call(
    server,
    'Platform: delete a cluster',
    'DELETE',
    `/api/v1/clusters/${clusters.clusters[0].cluster_id}`,
  );
  yield* dcluster(server);
}

async function* platform(server: EmptyServer): AsyncGenerator<Step> {
  const asked = await run(platformCluster, server.address);
  yield asked;
  const { cluster_id: cluster } = JSON.parse(asked.answer);
  const path = `/api/v1/clusters/${cluster}`;
  yield await until(server, 'Platform: get a cluster', path, ({ status }) => status !== 'provisioning');
  yield await call(
    server,
    'Platform: list the clusters of a team',
    'GET',
    '/api/v1/clusters?team=feature-engineering',
  );

  yield await run(platformJob, server.address, { note: 'as it stands there, which is no JSON' });
  // The job is another team's than the cluster, so it has to name it.
  const spec = { file: slow, args: ['1000', '1'], ...small, conf: { 'spark.cores.max': '1' }, cluster };
  const jobSpec = JSON.stringify(spec);
  const submitted = await run(platformJob, server.address, {
    exchange: ['{...}', jobSpec],
    note: `job_spec is ${jobSpec}`,
  });
  yield submitted;
  const job = `/api/v1/jobs/${JSON.parse(submitted.answer).job_id}`;
  yield await until(
    server,
    'Platform: get a job',
    job,
    ({ status }) => status !== 'queued' && status !== 'starting',
  );

  yield await call(server, 'Platform: scale a cluster up', 'POST', `${path}/scale`, { workers: 3 });
  await until(server, 'three workers', '/api/v1/cluster/status', told => told['worker_count'] === 3);
  yield await call(
    server,
    'Spark FastAPI: status of the cluster, with three workers',
    'GET',
    '/api/v1/cluster/status',
  );
  yield await call(server, 'Platform: scale it down again', 'POST', `${path}/scale`, { workers: 1 });
  await until(server, 'one worker', '/api/v1/cluster/status', told => told['worker_count'] === 1);
  yield await call(server, 'Platform: the job runs on', 'GET', job);
  yield await call(server, 'Platform: extend the time of a cluster', 'POST', `${path}/ttl`, { ttl: '1d' });
  yield await call(server, 'Platform: read the log of a job', 'GET', `${job}/logs?size=3`);
  yield await call(server, 'Platform: cancel a job', 'DELETE', job);
}

async function* fastapi(server: EmptyServer): AsyncGenerator<Step> {
  const { answer } = await call(server, 'clusters', 'GET', '/api/sparkdeck/v1/clusters');
  const { uiUrl, masterUrl } = JSON.parse(answer).clusters[0];
  // The document's file but for the ports, since those may be taken here.
  const settings = environmentFile
    .replace(':8080', `:${new URL(uiUrl).port}`)
    .replace(':7077', `:${masterUrl.slice(masterUrl.lastIndexOf(':') + 1)}`);
  writeFileSync(join(server.folder, '.env'), settings);
  const jobs = '/api/v1/jobs';
  yield {
    ...(await upload(server, 'my_job.py', slow)),
    note: `.env is\n${settings}`,
  };
  yield await call(server, 'Spark FastAPI: workers', 'GET', '/api/v1/cluster/workers');
  yield await call(server, 'Spark FastAPI: submit a script', 'POST', `${jobs}/submit`, {
    script_path: 'my_job.py',
    app_args: ['1000', '1'],
  });
  yield await call(server, 'Spark FastAPI: a script that is not there', 'POST', `${jobs}/submit`, {
    script_path: 'other.py',
  });
  const listed = await call(server, 'Spark FastAPI: applications', 'GET', `${jobs}/apps`);
  yield listed;
  const running = JSON.parse(listed.answer).find((app: { state: string }) => app.state === 'RUNNING');
  yield await call(server, 'Spark FastAPI: kill an application', 'DELETE', `${jobs}/apps/${running?.id}`);
}

async function* dcluster(server: EmptyServer): AsyncGenerator<Step> {
  yield await run(launchCluster, server.address);
  yield await run(clusterStatus, server.address);
  const path = '/cluster/status/spark/cluster/2';
  const status = await until(
    server,
    'DCluster: the status later',
    path,
    ({ status }) => status !== 'STARTING',
  );
  yield status;
  const { serviceAddress } = JSON.parse(status.answer);
  const note = `at the service address ${serviceAddress}`;
  yield await run(submitBatch, serviceAddress, { note });
  const local = (file: string, ...args: string[]): { exchange: [string, string]; note: string } => ({
    exchange: [
      `"file": "s3a://datavisor-dev/spark-examples_2.12-3.3.2.jar",
  "className": "org.apache.spark.examples.SparkPi",
  "executorMemory": "4G",
  "executorCores": 1,
  "args": ["100"]`,
      `"file": ${JSON.stringify(file)},
  "executorMemory": "4G",
  "executorCores": 1,
  "args": ${JSON.stringify(args)}`,
    ],
    note: `${note}, with a program that is here`,
  });
  const submitted = await run(submitBatch, serviceAddress, local(pi));
  yield submitted;
  const first = JSON.parse(submitted.answer).id;
  const state = (id: number): string => `${new URL(serviceAddress).pathname}/batches/${id}/state`;
  yield await until(server, 'DCluster: its state at the end', state(first), ({ state }) => isOver(state));
  for (let id = first; id < 5;) {
    ({ id } = JSON.parse((await run(submitBatch, serviceAddress, local(slow, '1000', '1'))).answer));
  }
  await until(server, 'it runs', state(4), ({ state }) => state === 'running' || isOver(state));
  yield await run(batchState, serviceAddress, { note });
  yield await run(killBatch, serviceAddress, { note });
  yield await run(terminateCluster, server.address, { note: 'a cluster 0 there never is' });
  yield await call(server, 'DCluster: terminate the cluster', 'DELETE', '/cluster/terminate/spark/2');
  yield await call(server, 'DCluster: the status after that', 'GET', path);
}

const isOver = (state: unknown): boolean => state === 'success' || state === 'dead' || state === 'killed';

/** An example with the place that it speaks of exchanged, by the curl that it names. */
async function run(
  { what, curl, answer }: SeedExample,
  place: string,
  { exchange, note }: { exchange?: [from: string, to: string]; note?: string } = {},
): Promise<Step> {
  const there = curl.replace(/https?:\/\/[\w.-]+(:\d+)?/, place);
  if (exchange && !there.includes(exchange[0])) throw new Error(`the example has no ${exchange[0]}`);
  const command = exchange ? there.replace(exchange[0], () => exchange[1]) : there;
  return {
    ...(await send(what, command)),
    ...(note !== undefined && { note }),
    ...(answer !== undefined && { document: answer }),
  };
}

/** What a document tells without an example. */
async function call(
  { address }: EmptyServer,
  what: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Step> {
  const content =
    body === undefined ? '' : ` -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return send(what, `curl -X ${method} '${address}${path}'${content}`);
}

async function upload({ address }: EmptyServer, name: string, file: string): Promise<Step> {
  const url = `${address}/api/sparkdeck/v1/uploads/${name}`;
  return send('Spark FastAPI: put a script into the uploads folder', `curl -T '${file}' '${url}'`);
}

/** Asks until the answer is as it should be. */
async function until(
  server: EmptyServer,
  what: string,
  path: string,
  isSo: (told: Record<string, unknown>) => boolean,
): Promise<Step> {
  for (const limit = performance.now() + longestWait; ; await delay(300)) {
    const step = await call(server, what, 'GET', path);
    if (isSo(JSON.parse(step.answer))) return step;
    if (performance.now() > limit) throw new Error(`${what}: still ${step.answer}`);
  }
}

/** Has a shell run it, as whoever copies it from the document does. */
async function send(what: string, command: string): Promise<Step> {
  const { stdout } = await execa('sh', [
    '-c',
    `${command} --silent --show-error --write-out '\\n%{http_code}'`,
  ]);
  const end = stdout.lastIndexOf('\n');
  return { what, command, status: Number(stdout.slice(end + 1)), answer: stdout.slice(0, end) };
}
