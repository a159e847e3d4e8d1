import { request } from 'undici';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Application, ClusterDetail, Worker } from '../protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';

/**
 * Asks a standalone master for its `/json/`: workers and applications at this moment.
 * @throws SparkdeckError cluster.unreachable
 */
export async function askMaster(
  uiUrl: string,
  signal: AbortSignal = AbortSignal.timeout(10_000),
): Promise<ClusterDetail> {
  try {
    const { statusCode, headers, body } = await request(new URL('/json/', uiUrl), { signal, reset: true });
    const text = await body.text();
    if (statusCode !== 200 || !String(headers['content-type']).includes('json')) {
      throw new Error(`it answered ${statusCode} ${String(headers['content-type'])}`);
    }
    return readMaster(JSON.parse(text));
  } catch (error) {
    throw new SparkdeckError(
      'cluster.unreachable',
      `The master at ${uiUrl} can't be reached (${messageOf(error)}). Look at its log, or stop the cluster and start it again.`,
      { cause: error },
    );
  }
}

const App = Type.Object({
  id: Type.String(),
  name: Type.String(),
  user: Type.String(),
  cores: Type.Integer(),
  memoryperexecutor: Type.Integer(),
  state: Type.String(),
  starttime: Type.Integer(),
  duration: Type.Integer(),
});

/** What is read of `/json/` (org.apache.spark.deploy.JsonProtocol). Memory in MiB. */
const Answer = Type.Object({
  status: Type.String(),
  workers: Type.Array(
    Type.Object({
      id: Type.String(),
      host: Type.String(),
      port: Type.Integer(),
      webuiaddress: Type.String(),
      cores: Type.Integer(),
      coresused: Type.Integer(),
      memory: Type.Integer(),
      memoryused: Type.Integer(),
      state: Type.String(),
    }),
  ),
  activeapps: Type.Array(App),
  completedapps: Type.Array(App),
});

/** @throws when the shape isn't the master's */
export function readMaster(json: unknown): ClusterDetail {
  const answer = Value.Parse(Answer, json);
  return {
    masterState: answer.status,
    workers: answer.workers.map((worker): Worker => ({
      id: worker.id,
      host: worker.host,
      port: worker.port,
      uiUrl: worker.webuiaddress,
      cores: worker.cores,
      coresUsed: worker.coresused,
      memory: worker.memory,
      memoryUsed: worker.memoryused,
      state: worker.state,
    })),
    active: answer.activeapps.map(toApplication),
    completed: answer.completedapps.map(toApplication),
  };
}

function toApplication(app: Type.Static<typeof App>): Application {
  return {
    id: app.id,
    name: app.name,
    user: app.user,
    cores: app.cores,
    memoryPerExecutor: app.memoryperexecutor,
    state: app.state,
    startedAt: app.starttime,
    duration: app.duration,
  };
}
