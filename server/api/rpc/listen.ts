import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import type { Notification, NotificationParams } from '../../protocol/methods.ts';
import { serveConnection, type Connection } from './connection.ts';
import type { Handlers } from './handlers.ts';

/** The backend's Unix socket and those who are connected to it. */
export class Door {
  readonly #handlers: Handlers;
  readonly #log: (line: string) => void;
  readonly #onLeave: (connection: symbol) => void;
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;

  constructor(options: {
    handlers: Handlers;
    log: (line: string) => void;
    onLeave: (connection: symbol) => void;
  }) {
    this.#handlers = options.handlers;
    this.#log = options.log;
    this.#onLeave = options.onLeave;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Only for the holder of the folder's lock: a socket that is there already is a dead backend's. */
  async open(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    const server = createServer(socket => {
      const connection = serveConnection(socket, this.#handlers, this.#log, identity => {
        this.#connections.delete(connection);
        this.#onLeave(identity);
      });
      this.#connections.add(connection);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  }

  tell<N extends Notification>(notification: N, params: NotificationParams<N>): void {
    for (const connection of this.#connections) connection.notify(notification, params);
  }

  /** No one new comes in; those inside are shown out. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve =>
      this.#server ? this.#server.close(() => resolve()) : resolve(),
    );
    for (const connection of this.#connections) connection.end();
    await closed;
  }
}
