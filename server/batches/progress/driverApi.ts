import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { request } from 'undici';
import { linkSignals } from '../../process/linkSignals.ts';

/** What a driver says of its running jobs at this moment. */
export interface LiveProgress {
  /** The driver not counted. */
  executors: number;
  /** In local mode the driver itself runs the tasks. */
  driverRunsTasks: boolean;
  /** The running ones. */
  jobs: LiveJob[];
  /** The active ones. */
  stages: LiveStage[];
}

/** From `/jobs`, fields named by org.apache.spark.status.api.v1.JobData. */
export const LiveJob = Type.Object({
  jobId: Type.Integer(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  submissionTime: Type.Optional(Type.String()),
  stageIds: Type.Array(Type.Integer()),
});
export type LiveJob = Static<typeof LiveJob>;

/** From `/stages`, fields named by org.apache.spark.status.api.v1.StageData. */
export const LiveStage = Type.Object({
  stageId: Type.Integer(),
  attemptId: Type.Integer(),
  name: Type.String(),
  numTasks: Type.Integer(),
  numActiveTasks: Type.Integer(),
  numCompleteTasks: Type.Integer(),
  numFailedTasks: Type.Integer(),
  submissionTime: Type.Optional(Type.String()),
});
export type LiveStage = Static<typeof LiveStage>;

const LiveExecutor = Type.Object({ id: Type.String(), isActive: Type.Boolean(), totalCores: Type.Integer() });

/**
 * Asks the driver for what runs now. Undefined when it has nothing to say: it is starting (it then answers with web
 * pages), it has ended, or the address belongs to someone else by now.
 * @throws whatever `signal` was aborted with
 */
export async function readDriver(
  uiUrl: string,
  appId: string,
  signal: AbortSignal = AbortSignal.timeout(5000),
): Promise<LiveProgress | undefined> {
  const base = `/api/v1/applications/${encodeURIComponent(appId)}`;
  const [jobs, stages, executors] = await Promise.all([
    getJson(new URL(`${base}/jobs?status=running`, uiUrl), Type.Array(LiveJob), signal),
    getJson(new URL(`${base}/stages?status=active`, uiUrl), Type.Array(LiveStage), signal),
    getJson(new URL(`${base}/executors`, uiUrl), Type.Array(LiveExecutor), signal),
  ]);
  if (!jobs || !stages || !executors) return undefined;
  return {
    executors: executors.filter(executor => executor.isActive && executor.id !== 'driver').length,
    driverRunsTasks: executors.some(executor => executor.id === 'driver' && executor.totalCores > 0),
    jobs,
    stages,
  };
}

/**
 * Where an application's UI really is. Spark takes the next port when one is taken, up to 16 times
 * (`spark.port.maxRetries`). Undefined when none of them serves it: not yet, or not any more.
 * @throws whatever `signal` was aborted with
 */
export async function findDriverUi(
  port: number,
  appId: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const over = new AbortController();
  // Whoever has taken a port may accept the question and never answer.
  const limits = linkSignals(over.signal, AbortSignal.timeout(answerTime), signal);
  try {
    return await Promise.any(
      portsTried(port).map(async tried => {
        const url = `http://127.0.0.1:${tried}`;
        const path = `/api/v1/applications/${encodeURIComponent(appId)}`;
        const answer = await getJson(new URL(path, url), Type.Object({ id: Type.String() }), limits.signal);
        if (answer?.id !== appId) throw new Error(`Port ${tried} does not serve ${appId}.`);
        return url;
      }),
    );
  } catch {
    signal?.throwIfAborted();
    return undefined;
  } finally {
    over.abort();
    limits.unlink();
  }
}

/** Milliseconds. */
const answerTime = 3000;

/**
 * The application whose UI is on this very port, which was free when it was chosen. For batches that keep their event
 * log elsewhere, or none.
 */
export async function findApplication(
  port: number,
  signal: AbortSignal = AbortSignal.timeout(3000),
): Promise<{ appId: string; url: string } | undefined> {
  const url = `http://127.0.0.1:${port}`;
  const Applications = Type.Array(Type.Object({ id: Type.String() }));
  const [application] = (await getJson(new URL('/api/v1/applications', url), Applications, signal)) ?? [];
  return application && { appId: application.id, url };
}

/** As org.apache.spark.util.Utils.userPort counts: beyond the last port it goes on after the privileged ones. */
export function portsTried(port: number): number[] {
  return Array.from({ length: 17 }, (_, offset) => ((port + offset - 1024) % (65536 - 1024)) + 1024);
}

async function getJson<S extends TSchema>(
  url: URL,
  schema: S,
  signal: AbortSignal,
): Promise<Static<S> | undefined> {
  try {
    const { statusCode, headers, body } = await request(url, { signal, reset: true });
    if (statusCode !== 200 || !String(headers['content-type']).startsWith('application/json')) {
      await body.dump();
      return undefined;
    }
    const value: unknown = await body.json();
    return Value.Check(schema, value) ? value : undefined;
  } catch {
    // Refused, reset or no JSON after all: nobody there who could say. Only the caller's own word is an error.
    signal.throwIfAborted();
    return undefined;
  }
}
