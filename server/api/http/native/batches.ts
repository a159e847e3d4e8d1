import { Type } from 'typebox';
import {
  Batch,
  BatchHistory,
  BatchProgress,
  BatchRequest,
  BatchState,
  Problem,
} from '../../../protocol/batch.ts';
import { record } from '../../../protocol/bounds.ts';
import { TeamName } from '../../../protocol/team.ts';
import { BatchTiming } from '../../../protocol/timing.ts';
import type { App } from '../app.ts';
import { conditionally, unchanged } from '../conditionally.ts';
import { nativePrefix } from './nativePrefix.ts';

const pageSize = 100;

export const ById = Type.Object({ id: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });
const Nothing = Type.Object({}, { additionalProperties: false });
/** A request that is sent again with the same key, since its answer was lost, is answered with the first batch. */
const Keyed = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
});
const ForTeam = Type.Object(
  { team: Type.Optional(TeamName) },
  { additionalProperties: false, description: 'for whom; an admin without a team may say so' },
);
const List = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: `${pageSize} unless given` }),
    ),
    cursor: Type.Optional(Type.Integer({ minimum: 1, description: 'the `next` of the page before' })),
    state: Type.Optional(Type.Array(BatchState, { maxItems: 10 })),
  },
  { additionalProperties: false },
);

/** Batches: what the editor's tree does with them. */
export function batches(app: App): void {
  const path = `${nativePrefix}/batches`;
  app.post(
    path,
    {
      schema: {
        summary: 'Submit a batch',
        headers: Keyed,
        querystring: ForTeam,
        body: BatchRequest,
        response: { 201: Batch },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const { team } = request.query;
      const params = { request: request.body, ...(key !== undefined && { idempotencyKey: key }) };
      const batch = await request.rooms.batches.submit(params, { team });
      return reply.code(201).header('Location', `${path}/${batch.id}`).send(batch);
    },
  );

  app.get(
    path,
    {
      schema: {
        summary: 'List the batches, the newest first',
        querystring: List,
        response: {
          200: Type.Object({
            revision: Type.Integer(),
            total: Type.Integer({ description: 'of all states' }),
            batches: Type.Array(Batch),
            next: Type.Optional(
              Type.Integer({
                description:
                  'The cursor of the next page; absent on the last. A page of large batches is shorter than its limit.',
              }),
            ),
          }),
          ...unchanged,
        },
      },
    },
    (request, reply) => {
      const { limit = pageSize, cursor, state } = request.query;
      const { batches } = request.rooms;
      conditionally(request, reply, batches.version, () =>
        batches.list({
          limit,
          ...(cursor !== undefined && { before: cursor }),
          ...(state && { states: state }),
        }),
      );
    },
  );

  app.get(
    `${path}/:id`,
    {
      schema: {
        summary: 'Get a batch',
        params: ById,
        querystring: Type.Object(
          { wait: Type.Optional(Type.Boolean({ description: 'answer when it has ended' })) },
          { additionalProperties: false },
        ),
        response: { 200: Batch, ...unchanged },
      },
    },
    (request, reply) => {
      const { id } = request.params;
      const { batches } = request.rooms;
      const stamp = request.query.wait ? undefined : batches.stamp(id);
      conditionally(request, reply, stamp, () =>
        request.query.wait ? batches.await(id, request.gone) : batches.get(id),
      );
    },
  );

  app.delete(
    `${path}/:id`,
    {
      schema: {
        summary: 'Forget an ended batch, and its output',
        params: ById,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await request.rooms.batches.remove(request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${path}/:id/kill`,
    {
      schema: {
        summary: 'Kill a batch; answers when every process of it is gone',
        params: ById,
        response: { 200: Batch },
      },
    },
    async request => request.rooms.batches.kill(request.params.id),
  );

  app.post(
    `${path}/:id/rerun`,
    {
      schema: {
        summary: 'Run a batch again, with changes',
        params: ById,
        headers: Keyed,
        body: Type.Object(
          {
            changes: Type.Optional(
              record(Type.Unknown(), {
                maxProperties: 100,
                description: 'laid over the request; a field that is null is taken out',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 201: Batch },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const batch = await request.rooms.batches.rerun({
        id: request.params.id,
        ...(request.body.changes && { changes: request.body.changes }),
        ...(key !== undefined && { idempotencyKey: key }),
      });
      return reply.code(201).header('Location', `${path}/${batch.id}`).send(batch);
    },
  );

  app.post(
    `${path}/:id/move`,
    {
      schema: {
        summary: 'Put a batch that waits at another place of the queue',
        params: ById,
        body: Type.Object(
          { position: Type.Integer({ minimum: 1, description: '1 is next' }) },
          { additionalProperties: false },
        ),
        response: { 200: Batch },
      },
    },
    async request => request.rooms.batches.move(request.params.id, request.body.position),
  );

  app.get(
    `${path}/:id/progress`,
    {
      schema: {
        summary: 'How far it is',
        params: ById,
        querystring: Nothing,
        response: { 200: BatchProgress },
      },
    },
    async request => request.rooms.batches.progress(request.params.id),
  );

  app.get(
    `${path}/:id/history`,
    {
      schema: {
        summary: 'What it did, and what it could do better',
        params: ById,
        querystring: Nothing,
        response: { 200: BatchHistory },
      },
    },
    async request => request.rooms.batches.history(request.params.id),
  );

  app.get(
    `${path}/:id/timing`,
    {
      schema: {
        summary: 'Where its time went, so far',
        params: ById,
        querystring: Nothing,
        response: { 200: BatchTiming },
      },
    },
    async request => request.rooms.batches.timing(request.params.id),
  );

  app.get(
    `${path}/:id/problems`,
    {
      schema: {
        summary: 'Errors in its output that point at a line of a file',
        params: ById,
        querystring: Nothing,
        response: { 200: Type.Object({ problems: Type.Array(Problem) }) },
      },
    },
    async request => ({ problems: await request.rooms.batches.problems(request.params.id) }),
  );

  app.get(
    `${path}/:id/command`,
    {
      schema: {
        summary: 'The spark-submit that a person would type',
        params: ById,
        querystring: Nothing,
        response: { 200: Type.Object({ command: Type.String() }) },
      },
    },
    request => ({ command: request.rooms.batches.command(request.params.id) }),
  );
}
