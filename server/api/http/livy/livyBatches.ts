import type { FastifyRequest } from 'fastify';
import { Type, type TString } from 'typebox';
import { Value } from 'typebox/value';
import { longestName } from '../../../protocol/bounds.ts';
import { isTerminal, type Batch, type BatchState } from '../../../protocol/batch.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import type { App } from '../app.ts';
import { conditionally, unchanged } from '../conditionally.ts';
import { LivyBatch, LivyList, LivyLog, LivyMessage, LivyRequest, LivyStateAnswer } from './schemas.ts';
import { refuseImpersonation, toRequest } from './toRequest.ts';

const shownLines = 10;
const pageSize = 100;
const largestPage = 1000;
/** Of output in one page, in characters. A page that would have more is shorter; `total` says what is left. */
const largestAnswer = 4 * 1024 * 1024;

const doAs = Type.Optional(
  Type.String({ maxLength: longestName, description: 'nothing is done in the name of another' }),
);
const DoAs = Type.Object({ doAs }, { additionalProperties: false });
const Page = Type.Object(
  {
    doAs,
    from: Type.Optional(Type.Integer({ minimum: 0 })),
    size: Type.Optional(
      Type.Integer({ minimum: 0, description: `${pageSize} unless given, ${largestPage} at most` }),
    ),
  },
  { additionalProperties: false },
);
const Lines = Type.Object(
  {
    doAs,
    from: Type.Optional(Type.Integer({ description: 'absent or negative: the last lines' })),
    size: Type.Optional(Type.Integer({ description: `${pageSize} unless given; negative: all` })),
  },
  { additionalProperties: false },
);

/** How Livy's batches are spoken of at an address. */
export interface LivyScope {
  /** The cluster that alone is meant there; undefined where all are. */
  clusterOf: (request: FastifyRequest) => string | undefined;
  /** What of the path names that cluster. */
  pathParams: Readonly<Record<string, TString>>;
  /** The word for a state. */
  stateOf: (state: BatchState) => BatchState;
}

/** Livy's batches, below whatever prefix the app has. */
export function livyBatches(app: App, { clusterOf, pathParams, stateOf }: LivyScope): void {
  const ByIdOrName = Type.Object({
    ...pathParams,
    id: Type.String({ maxLength: longestName, description: 'its id, or its name' }),
  });
  // Whatever is asked for, as with Livy.
  app.addHook('preHandler', async ({ query }) => {
    if (Value.Check(Type.Object({ doAs: Type.String() }), query)) refuseImpersonation(query.doAs);
  });

  app.post(
    '/batches',
    {
      schema: {
        summary: 'Submit a batch',
        params: Type.Object(pathParams),
        querystring: DoAs,
        body: LivyRequest,
        response: { 201: LivyBatch },
      },
    },
    async (request, reply) => {
      const batch = await request.rooms.batches.submit({
        request: toRequest(request.body, clusterOf(request)),
      });
      reply.header('Location', `${request.url.replace(/\/?(\?.*)?$/, '')}/${batch.id}`);
      return reply.code(201).send(await toLivy(batch, request));
    },
  );

  app.get(
    '/batches',
    {
      schema: {
        summary: 'List the batches, the oldest first',
        params: Type.Object(pathParams),
        querystring: Page,
        response: { 200: LivyList, ...unchanged },
      },
    },
    (request, reply) => {
      const { from = 0, size = pageSize } = request.query;
      const cluster = clusterOf(request);
      // Without a stamp: it shows the output of each.
      conditionally(request, reply, undefined, async () => {
        const { total, batches } = request.rooms.batches.page({
          from,
          size: Math.min(size, largestPage),
          ...(cluster !== undefined && { cluster }),
        });
        const sessions: LivyBatch[] = [];
        let characters = 0;
        // One after the other: a page of a thousand would otherwise open two thousand files at once.
        for (const batch of batches) {
          const session = await toLivy(batch, request);
          sessions.push(session);
          characters += session.log.reduce((sum, line) => sum + line.length, 0);
          if (characters > largestAnswer) break;
        }
        return { from, total, sessions };
      });
    },
  );

  app.get(
    '/batches/:id',
    {
      schema: { summary: 'Get a batch', params: ByIdOrName, response: { 200: LivyBatch, ...unchanged } },
    },
    (request, reply) => {
      const stamp = stampOf(request, request.params.id, { withOutput: true });
      conditionally(request, reply, stamp, async () => toLivy(find(request, request.params.id), request));
    },
  );

  app.get(
    '/batches/:id/state',
    {
      schema: {
        summary: 'Get its state alone',
        params: ByIdOrName,
        response: { 200: LivyStateAnswer, ...unchanged },
      },
    },
    (request, reply) => {
      conditionally(request, reply, stampOf(request, request.params.id), () => {
        const { id, state } = find(request, request.params.id);
        return { id, state: stateOf(state) };
      });
    },
  );

  app.get(
    '/batches/:id/log',
    {
      schema: {
        summary: 'Read lines of its output',
        params: ByIdOrName,
        querystring: Lines,
        response: { 200: LivyLog },
      },
    },
    async request => {
      const { id } = find(request, request.params.id);
      const { from, size = pageSize } = request.query;
      const { lines, ...place } = await request.rooms.batches.readLines(id, from, size, request.gone);
      return { id, ...place, log: lines };
    },
  );

  app.delete(
    '/batches/:id',
    {
      schema: {
        summary: 'Kill a batch if it runs, and forget it',
        params: ByIdOrName,
        querystring: DoAs,
        response: { 200: LivyMessage },
      },
    },
    async request => {
      const batch = find(request, request.params.id);
      if (!isTerminal(batch.state)) await request.rooms.batches.kill(batch.id);
      await request.rooms.batches.remove(batch.id);
      return { msg: 'deleted' };
    },
  );

  /** Of what `find` gives; undefined where it is looked for by a name, which may become another's. */
  function stampOf(
    request: FastifyRequest,
    idOrName: string,
    options?: { withOutput: boolean },
  ): string | undefined {
    const id = idIn(idOrName);
    const { batches } = request.rooms;
    return id !== undefined && clusterOf(request) === undefined ? batches.stamp(id, options) : undefined;
  }

  /** @throws SparkdeckError batch.missing */
  function find(request: FastifyRequest, idOrName: string): Batch {
    const cluster = clusterOf(request);
    const isHere = (batch: Batch): boolean => cluster === undefined || batch.cluster === cluster;
    const { batches } = request.rooms;
    const id = idIn(idOrName);
    const byId = id === undefined ? undefined : batches.find(id);
    const found = byId && isHere(byId) ? byId : batches.findByName(idOrName, cluster);
    if (found) return found;
    throw new SparkdeckError('batch.missing', `Session '${idOrName}' not found.`);
  }

  async function toLivy(batch: Batch, { rooms, gone }: FastifyRequest): Promise<LivyBatch> {
    return {
      id: batch.id,
      name: batch.request.name ?? null,
      owner: batch.team ?? null,
      proxyUser: null,
      state: stateOf(batch.state),
      appId: batch.appId ?? null,
      appInfo: { driverLogUrl: null, sparkUiUrl: batch.sparkUiUrl ?? null },
      log: await rooms.batches.lastLines(batch.id, shownLines, gone),
    };
  }
}

function idIn(idOrName: string): number | undefined {
  const id = Number(idOrName);
  return /^\d+$/.test(idOrName) && Number.isSafeInteger(id) ? id : undefined;
}
