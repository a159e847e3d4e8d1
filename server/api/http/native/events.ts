import { Type } from 'typebox';
import type { App } from '../app.ts';
import type { DialectContext } from '../dialect.ts';
import { EventStream, eventStreamAnswer } from '../eventStream.ts';
import { nativePrefix } from './nativePrefix.ts';

/** Changes as they come. */
export function events(app: App, { changes, lastRemoval }: DialectContext): void {
  app.get(
    `${nativePrefix}/events`,
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Hear of changes, as server-sent events',
        description:
          '`changed` names a thing to be read again: {topic, id}. `ready` says that all that is older was told. `reset` ' +
          'says that everything is to be read again. With Last-Event-ID all is told that changed since.',
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ pattern: '^\\d{1,16}$' })) }),
        querystring: Type.Object(
          {
            watch: Type.Optional(
              Type.Array(Type.Integer({ minimum: 1 }), {
                maxItems: 100,
                description: 'batches whose progress is looked at: of these it is told',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: eventStreamAnswer },
      },
    },
    (request, reply) => {
      const { rooms } = request;
      const last = request.headers['last-event-id'];
      const stream = EventStream.open(request, reply);
      // From here to the listener nothing is awaited, so no change can come between.
      if (last !== undefined) {
        const known = Number(last);
        if (known < lastRemoval() || known > changes.revision) {
          stream.send({ event: 'reset', data: {} });
        } else {
          // Without ids: who is cut off among these must hear all of them again.
          for (const data of rooms.changedSince(known)) stream.send({ event: 'changed', data });
        }
      }
      stream.send({ event: 'ready', id: String(changes.revision), data: { revision: changes.revision } });
      const stop = changes.on(({ revision, topic, id }) => {
        if (rooms.concerns({ topic, id }))
          stream.send({ event: 'changed', id: String(revision), data: { topic, id } });
      });
      const watcher = Symbol('events');
      rooms.batches.watch(watcher, request.query.watch ?? []);
      stream.onClose(() => {
        stop();
        rooms.batches.watch(watcher, []);
      });
    },
  );
}
