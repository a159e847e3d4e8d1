import { Type } from 'typebox';
import type { Changed } from '../../../protocol/methods.ts';
import type { App } from '../app.ts';
import type { DialectContext } from '../dialect.ts';
import { EventStream, eventStreamAnswer } from '../eventStream.ts';
import { nativePrefix } from './nativePrefix.ts';

type Thing = Pick<Changed, 'topic' | 'id'>;

/** More changed things at once are told of as one: everything is to be read again. */
const mostAtOnce = 1000;

/** Changes as they come. */
export function events(app: App, { changes, lastRemoval }: DialectContext): void {
  app.get(
    `${nativePrefix}/events`,
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Hear of changes, as server-sent events',
        description:
          '`changed` names a thing to be read again: {topic, id}; the topics `runtime`, and `queue` for the places of all ' +
          'that wait, have the id 0. `ready` says that all that is older was told. `reset` says that everything is to be ' +
          'read again. With Last-Event-ID all is told that changed since.',
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
        if (known < lastRemoval() || known > changes.revision) stream.send({ event: 'reset', data: {} });
        // Without an id: who is cut off among these must hear all of them again.
        else send(stream, rooms.changedSince(known, mostAtOnce + 1));
      }
      stream.send({ event: 'ready', id: String(changes.revision), data: { revision: changes.revision } });
      const untold = new Map<string, Thing>();
      const tell = (): void => {
        send(stream, [...untold.values()], String(changes.revision));
        untold.clear();
      };
      const stop = changes.on(change => {
        if (!rooms.concerns(change)) return;
        const { topic, id } = change;
        // Several changes can be of one revision: they are told together.
        if (untold.size === 0) setImmediate(tell);
        untold.set(`${topic} ${id}`, { topic, id });
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

/** @param id comes with the last of them, when all that is older was told */
function send(stream: EventStream, things: readonly Thing[], id?: string): void {
  const last = id === undefined ? {} : { id };
  if (things.length > mostAtOnce) return stream.send({ event: 'reset', ...last, data: {} });
  for (const [index, data] of things.entries()) {
    stream.send({ event: 'changed', ...(index === things.length - 1 && last), data });
  }
}
