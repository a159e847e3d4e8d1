import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { socketAddress, type SocketAddress } from '../../client/socketAddress.ts';
import { openFileLimit } from '../../process/openFileLimit.ts';
import { messageOf } from '../../protocol/errors.ts';
import type { Notification, NotificationParams } from '../../protocol/methods.ts';
import { serveConnection, type Connection } from './connection.ts';
import type { Handlers } from './handlers.ts';

/** How long a client may take to read what is left for it when the backend leaves, in milliseconds. */
const farewell = 1000;
/** One more is closed at once. */
const mostConnections = 1000;

/** The backend's Unix socket and those who are connected to it. */
export class Door {
  readonly #handlers: Handlers;
  readonly #log: (line: string) => void;
  readonly #onLeave: (connection: symbol) => void;
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;
  #address: SocketAddress | undefined;

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

  /**
   * Only for the holder of the folder's lock: a socket that is there already is a dead backend's.
   * @param file its folder is there
   */
  async open(file: string): Promise<void> {
    const address = socketAddress(file);
    this.#address = address;
    rmSync(address.path, { force: true });
    const server = createServer(socket => this.#welcome(socket));
    // Editors and command lines of one user; the rest is for files and programs.
    server.maxConnections = Math.min(mostConnections, Math.floor(openFileLimit() / 4));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      listenAlone(server, address.path, resolve);
    });
    chmodSync(address.path, 0o600);
    server.on('error', error => this.#log(`socket: ${error.message}`));
  }

  tell<N extends Notification>(notification: N, params: NotificationParams<N>): void {
    for (const connection of this.#connections) connection.notify(notification, params);
  }

  /** No one new comes in; those inside are shown out, with what was answered, and those who don't go are put out. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve =>
      this.#server ? this.#server.close(() => resolve()) : resolve(),
    );
    for (const connection of this.#connections) connection.end();
    const putOut = setTimeout(() => {
      for (const connection of this.#connections) connection.drop();
    }, farewell);
    await closed;
    clearTimeout(putOut);
    this.#address?.release();
  }

  #welcome(socket: Socket): void {
    try {
      const connection = serveConnection(socket, this.#handlers, this.#log, identity => {
        this.#connections.delete(connection);
        this.#onLeave(identity);
      });
      this.#connections.add(connection);
    } catch (error) {
      this.#log(`a connection was refused: ${messageOf(error)}`);
      socket.destroy();
    }
  }
}

/**
 * A socket is made with the mode that the umask leaves, and whoever may write to it may run code as this user. `listen`
 * binds before it returns, so no other file of this process and no child meets this umask.
 */
function listenAlone(server: Server, path: string, onListening: () => void): void {
  const usual = process.umask(0o077);
  try {
    server.listen(path, onListening);
  } finally {
    process.umask(usual);
  }
}
