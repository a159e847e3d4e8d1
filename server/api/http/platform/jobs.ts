import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { isTerminal, type Batch, type BatchState } from '../../../protocol/batch.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import type { App } from '../app.ts';
import { PlatformJob, PlatformJobRequest, PlatformLogs } from './schemas.ts';

const ById = Type.Object({ id: Type.String({ maxLength: 100 }) }, { additionalProperties: false });
const linesUnlessGiven = 100;

const words: Readonly<Record<BatchState, PlatformJob['status']>> = {
  not_started: 'queued',
  starting: 'starting',
  running: 'running',
  success: 'succeeded',
  dead: 'failed',
  killed: 'cancelled',
};

/** Jobs: batches, which core_etl.job_spec carries. */
export function jobs(app: App): void {
  app.post(
    '/api/v1/jobs',
    { schema: { summary: 'Submit a job', body: PlatformJobRequest, response: { 201: PlatformJob } } },
    async (request, reply) => {
      const { name, team, config } = request.body;
      const { job_spec: spec } = config.core_etl;
      const batch = await request.rooms.batches.submit({ request: { ...spec, name } }, { team });
      reply.code(201).header('Location', `/api/v1/jobs/${batch.id}`);
      return reply.send(toJob(batch, versionWarnings(request, batch, config.spark_version)));
    },
  );

  app.get(
    '/api/v1/jobs/:id',
    { schema: { summary: 'Get a job', params: ById, response: { 200: PlatformJob } } },
    request => toJob(find(request, request.params.id)),
  );

  app.delete(
    '/api/v1/jobs/:id',
    {
      schema: {
        summary: 'Cancel a job; answers when every process of it is gone',
        params: ById,
        response: { 200: PlatformJob },
      },
    },
    async request => toJob(await request.rooms.batches.kill(find(request, request.params.id).id)),
  );

  app.get(
    '/api/v1/jobs/:id/logs',
    {
      schema: {
        summary: 'Read lines of its output',
        params: ById,
        querystring: Type.Object(
          {
            from: Type.Optional(Type.Integer({ description: 'absent or negative: the last lines' })),
            size: Type.Optional(
              Type.Integer({ description: `${linesUnlessGiven} unless given; negative: all` }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: PlatformLogs },
      },
    },
    async request => {
      const { id } = find(request, request.params.id);
      const { from, size = linesUnlessGiven } = request.query;
      return { job_id: id, ...(await request.rooms.batches.readLines(id, from, size, request.gone)) };
    },
  );
}

/** @throws SparkdeckError batch.missing */
function find({ rooms }: FastifyRequest, id: string): Batch {
  const batch = /^\d{1,15}$/.test(id) ? rooms.batches.find(Number(id)) : undefined;
  if (batch) return batch;
  throw new SparkdeckError('batch.missing', `There is no job ${id}.`);
}

/** Jobs run with the Spark of their cluster. */
function versionWarnings({ rooms }: FastifyRequest, batch: Batch, wanted: string | undefined): string[] {
  const there = rooms.clusters.list().find(({ spec }) => spec.name === batch.cluster)?.runtime?.spark.version;
  if (wanted === undefined || there === undefined || `${there}.`.startsWith(`${wanted}.`)) return [];
  return [
    `Spark ${wanted} was asked for; the cluster ${batch.cluster} has ${there}, with which the job runs.`,
  ];
}

function toJob(batch: Batch, warnings: string[] = []): PlatformJob {
  const at = (wanted: (state: BatchState) => boolean): string | null => {
    const found = batch.transitions.find(({ state }) => wanted(state));
    return found ? new Date(found.at).toISOString() : null;
  };
  return {
    job_id: batch.id,
    name: batch.name,
    team: batch.team ?? null,
    status: words[batch.state],
    message: batch.reason ?? null,
    cluster_id: batch.cluster ?? null,
    app_id: batch.appId ?? null,
    spark_ui_url: batch.sparkUiUrl ?? null,
    submitted_at: at(state => state === 'not_started'),
    started_at: at(state => state === 'starting'),
    ended_at: at(isTerminal),
    warnings,
  };
}
