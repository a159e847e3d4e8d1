import { Type } from 'typebox';
import {
  LogReadParams,
  LogReadResult,
  LogSearchParams,
  LogSearchResult,
  Stream,
} from '../../../protocol/log.ts';
import type { App } from '../app.ts';
import { EventStream, eventStreamAnswer } from '../eventStream.ts';
import { ById } from './batches.ts';
import { nativePrefix } from './nativePrefix.ts';

const { tail, streams, limit, wait } = LogReadParams.properties;
const { stream, query, matchCase, limit: matches } = LogSearchParams.properties;
const Position = Type.Optional(Type.Integer({ minimum: 0, description: 'bytes of that file' }));

/** Output: page by page, as it comes, and searched. */
export function logs(app: App): void {
  const path = `${nativePrefix}/batches/:id/log`;
  app.get(
    path,
    {
      schema: {
        summary: 'Read output from a position on',
        params: ById,
        querystring: Type.Object(
          { stdout: Position, stderr: Position, tail, streams, limit, wait },
          {
            additionalProperties: false,
            description: '`stdout` and `stderr` are the `next` of the answer before',
          },
        ),
        response: { 200: LogReadResult },
      },
    },
    async request => {
      const { stdout, stderr, ...more } = request.query;
      const isFirst = stdout === undefined && stderr === undefined;
      const from = { stdout: stdout ?? 0, stderr: stderr ?? 0 };
      return request.rooms.batches.readLog(
        { id: request.params.id, ...more, ...(!isFirst && { from }) },
        request.gone,
      );
    },
  );

  app.get(
    `${path}/search`,
    {
      schema: {
        summary: 'Look for a text in the output',
        params: ById,
        querystring: Type.Object(
          { stream, query, matchCase, from: Position, limit: matches },
          { additionalProperties: false },
        ),
        response: { 200: LogSearchResult },
      },
    },
    async request =>
      request.rooms.batches.searchLog({ id: request.params.id, ...request.query }, request.gone),
  );

  app.get(
    `${path}/events`,
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Follow the output, as server-sent events',
        description:
          'Each event `output` holds chunks and has as its id where the next one begins; `end` says that nothing more will come.',
        params: ById,
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ pattern: '^\\d{1,15}-\\d{1,15}$' })),
        }),
        querystring: Type.Object(
          { tail, streams: Type.Optional(Type.Array(Stream, { minItems: 1, maxItems: 2 })) },
          { additionalProperties: false },
        ),
        response: { 200: eventStreamAnswer },
      },
    },
    async (request, reply) => {
      const { id } = request.rooms.batches.get(request.params.id);
      const last = request.headers['last-event-id']?.split('-').map(Number);
      let from = last && { stdout: last[0] ?? 0, stderr: last[1] ?? 0 };
      const { tail, streams } = request.query;
      const { rooms, gone } = request;
      const events = EventStream.open(request, reply);
      try {
        for (;;) {
          const { chunks, next, ended, skipped } = await rooms.batches.readLog(
            {
              id,
              wait: true,
              ...(streams && { streams }),
              ...(from ? { from } : tail !== undefined && { tail }),
            },
            gone,
          );
          from = next;
          const position = `${next.stdout}-${next.stderr}`;
          if (chunks.length > 0) events.send({ event: 'output', id: position, data: { chunks, skipped } });
          if (ended) return events.send({ event: 'end', id: position, data: {} });
          await events.ready();
        }
      } catch {
        // The client went, the backend leaves, or the batch was removed: the stream ends, and who comes again learns why.
      } finally {
        events.end();
      }
    },
  );
}
