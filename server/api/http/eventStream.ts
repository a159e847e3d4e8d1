import type { FastifyReply, FastifyRequest } from 'fastify';
import { once } from 'node:events';
import { Type } from 'typebox';

/** Milliseconds: so often something is sent, for whatever lies between to see that the connection is alive. */
const heartbeat = 15_000;
/** Bytes. A client for which more waits doesn't read; it is cut off, and goes on where it was when it comes again. */
const patience = 1024 ** 2;

/** For the OpenAPI document, which has no words for single events. */
export const eventStreamAnswer = {
  description: 'events, until the connection ends',
  content: { 'text/event-stream': { schema: Type.String() } },
};

/** One message, https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface ServerEvent {
  event: string;
  /** The client sends the last one that it got as Last-Event-ID when it comes again. */
  id?: string;
  data: unknown;
}

/** Server-sent events to one client, until it goes, the backend leaves, or `end`. */
export class EventStream {
  readonly #reply: FastifyReply;

  private constructor(reply: FastifyReply) {
    this.#reply = reply;
  }

  static open(request: FastifyRequest, reply: FastifyReply): EventStream {
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    reply.raw.write(': begun\n\n');
    const beat = setInterval(() => reply.raw.write(': alive\n\n'), heartbeat).unref();
    const end = (): void => void reply.raw.end();
    request.gone.addEventListener('abort', end, { once: true });
    reply.raw.once('close', () => {
      clearInterval(beat);
      request.gone.removeEventListener('abort', end);
    });
    return new EventStream(reply);
  }

  send({ event, id, data }: ServerEvent): void {
    const { raw } = this.#reply;
    if (raw.writableEnded || raw.destroyed) return;
    raw.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
    if (raw.writableLength > patience) raw.destroy();
  }

  /** Settles when the client takes more. */
  async ready(): Promise<void> {
    const { raw } = this.#reply;
    if (!raw.writableNeedDrain || raw.destroyed) return;
    await Promise.race([once(raw, 'drain'), once(raw, 'close')]).catch(() => undefined);
  }

  onClose(listener: () => void): void {
    this.#reply.raw.once('close', listener);
  }

  end(): void {
    this.#reply.raw.end();
  }
}
