import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;
type Exchange = [request: IncomingMessage, response: ServerResponse];

/** With so many requests waiting, nothing more is read from a connection until there are fewer. */
const pauseAt = 16;
/** What was already read may hold more. A client that sends this many without waiting for an answer loses its connection. */
const most = 1000;

/**
 * Handles the requests of a connection one after the other, as their answers go out. Node would have all of them handled
 * at once, and keep the answers in memory until the ones before are sent.
 */
export function inTurn(handle: Handle): Handle {
  const lines = new WeakMap<Socket, Line>();
  return (request, response) => {
    const { socket } = request;
    const line = lines.get(socket) ?? new Line(socket, handle);
    lines.set(socket, line);
    line.add([request, response]);
  };
}

/** The requests of one connection. */
class Line {
  readonly #socket: Socket;
  readonly #handle: Handle;
  #waiting: Exchange[] = [];
  #isBusy = false;

  constructor(socket: Socket, handle: Handle) {
    this.#socket = socket;
    this.#handle = handle;
    socket.once('close', () => this.#drop());
  }

  add(exchange: Exchange): void {
    if (!this.#isBusy) return this.#begin(exchange);
    this.#waiting.push(exchange);
    if (this.#waiting.length >= pauseAt) this.#socket.pause();
    if (this.#waiting.length > most) this.#socket.destroy();
  }

  #begin([request, response]: Exchange): void {
    this.#isBusy = true;
    response.once('close', () => this.#next());
    this.#handle(request, response);
  }

  #next(): void {
    this.#isBusy = false;
    if (this.#socket.destroyed) return this.#drop();
    const next = this.#waiting.shift();
    if (this.#waiting.length === pauseAt - 1) this.#socket.resume();
    if (next) this.#begin(next);
  }

  /** Node tells nothing of answers whose turn never came; whoever counts them hears of their end here. */
  #drop(): void {
    const dropped = this.#waiting;
    this.#waiting = [];
    for (const [, response] of dropped) response.emit('close');
  }
}
