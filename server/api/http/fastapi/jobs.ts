import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { isTerminal, type Batch, type BatchRequest } from '../../../protocol/batch.ts';
import type { Application } from '../../../protocol/cluster.ts';
import { linkSignals } from '../../../process/linkSignals.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import type { App } from '../app.ts';
import type { DialectContext } from '../dialect.ts';
import { readEnvironmentFile } from './environmentFile.ts';
import { askPlace, placeOf } from './place.ts';
import { FastapiApp, FastapiResult, FastapiSubmit } from './schemas.ts';

/** Milliseconds for which a submit waits to see how the script begins. */
const patience = 20_000;
const ById = Type.Object({ app_id: Type.String({ maxLength: 100 }) }, { additionalProperties: false });

/** Scripts of the uploads folder, as applications. */
export function jobs(app: App, { changes, dataFolder, env }: DialectContext): void {
  app.post(
    '/api/v1/jobs/submit',
    {
      schema: {
        summary: 'Submit an uploaded script; answers when its application runs, or 400 when it failed before',
        querystring: Type.Object(
          { wait: Type.Optional(Type.Boolean({ description: 'answer when it has ended' })) },
          { additionalProperties: false },
        ),
        body: FastapiSubmit,
        response: { 200: FastapiResult },
      },
    },
    async request => {
      const place = await placeOf(request.rooms, readEnvironmentFile(dataFolder, env));
      const { id } = await request.rooms.batches.submit({ request: toRequest(request.body, place) });
      const batch = request.query.wait
        ? await request.rooms.batches.await(id, request.gone)
        : await begun(request, id);
      if (batch.state === 'dead' || batch.state === 'killed') {
        throw new SparkdeckError('request.invalid', `Batch ${id} failed: ${batch.reason ?? batch.state}`);
      }
      return { success: true, message: describe(batch) };
    },
  );

  app.get(
    '/api/v1/jobs/apps',
    {
      schema: {
        summary: 'The applications that run or have ended',
        response: { 200: Type.Array(FastapiApp) },
      },
    },
    async request => {
      const { active, completed } = await askPlace(request.rooms, readEnvironmentFile(dataFolder, env));
      return [...active, ...completed].map(toApp);
    },
  );

  app.delete(
    '/api/v1/jobs/apps/:app_id',
    { schema: { summary: 'Kill an application', params: ById, response: { 200: FastapiResult } } },
    async request => {
      const id = request.params.app_id;
      const { active, completed } = await askPlace(request.rooms, readEnvironmentFile(dataFolder, env));
      const ended = completed.find(each => each.id === id);
      if (ended) return { success: true, message: `${id} has ended before: ${ended.state}` };
      const running = active.find(each => each.id === id);
      if (!running) throw new SparkdeckError('batch.missing', `There is no application ${id}.`);
      if (running.batchId === undefined) {
        throw new SparkdeckError(
          'request.invalid',
          `${id} was not submitted here, so it can't be killed here. Its own driver, or the master's page, can.`,
        );
      }
      await request.rooms.batches.kill(running.batchId);
      return { success: true, message: `${id} was killed.` };
    },
  );

  /** When it runs, has ended, or that takes too long: then as it is. */
  async function begun(request: FastifyRequest, id: number): Promise<Batch> {
    const { batches } = request.rooms;
    const late = AbortSignal.timeout(patience);
    const look = (): Batch | undefined => {
      const batch = batches.get(id);
      return isTerminal(batch.state) || batch.appId !== undefined ? batch : undefined;
    };
    const { signal, unlink } = linkSignals(request.gone, late);
    try {
      return await changes.until('batch', id, look, signal);
    } catch (error) {
      if (late.aborted) return batches.get(id);
      throw error;
    } finally {
      unlink();
    }
  }
}

function toRequest(body: FastapiSubmit, place: Partial<BatchRequest>): BatchRequest {
  return {
    ...place,
    file: `upload:${body.script_path}`,
    args: body.app_args ?? [],
    driverMemory: body.driver_memory ?? '1g',
    executorMemory: body.executor_memory ?? '1g',
    executorCores: body.executor_cores ?? 1,
    ...(body.num_executors != null && { numExecutors: body.num_executors }),
  };
}

function describe({ id, state, appId, queuePosition }: Batch): string {
  if (state === 'success') return `Batch ${id} has ended with success${appId ? `, as ${appId}` : ''}.`;
  if (queuePosition !== undefined) return `Batch ${id} waits in the queue, at place ${queuePosition}.`;
  return appId === undefined ? `Batch ${id} starts.` : `Batch ${id} runs as ${appId}.`;
}

function toApp({ id, name, state, cores, memoryPerExecutor, startedAt }: Application): FastapiApp {
  return { id, name, state, cores, memory_per_executor: memoryPerExecutor, submitted_time: startedAt };
}
