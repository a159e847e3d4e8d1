import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf } from '../protocol/errors.ts';
import { launch, type Command } from '../process/launch.ts';
import { endMarked } from '../process/marked.ts';
import { readWord, WarmDriver } from './warmDriver.ts';

/** A driver that is wanted: two wishes with one key are served by the same one. */
export interface WarmWish {
  key: string;
  /** bytes of heap */
  heap: number;
  /** @param folder of the driver's own @param socket where it is to call */
  command: (folder: string, socket: string) => Command;
}

export interface WarmDriversOptions {
  /** Where each has a folder. */
  folder: string;
  /** The Unix socket at which they call. */
  socketFile: string;
  /** Makes of its path one that the kernel takes, however long it is. */
  address: (file: string) => { path: string; release: () => void };
  /** How many, in all. */
  size: () => number;
  /** bytes of memory that this machine could give away now */
  availableMemory: () => number;
  log: (line: string) => void;
}

/** Milliseconds for which one waits for a batch. */
const idleLimit = 15 * 60_000;
/** Bytes that a driver takes beside its heap: JVM, Python, and what others on the machine should be left with. */
const besideHeap = 1.5 * 2 ** 30;

/**
 * Drivers that are started before there is a batch for them, each for one batch. They know of the backend by a socket:
 * when it goes, by kill -9 too, those without a batch end.
 */
export class WarmDrivers {
  readonly #options: WarmDriversOptions;
  readonly #drivers = new Map<WarmDriver, NodeJS.Timeout>();
  #server: Promise<Server> | undefined;
  #count = 0;
  #closed = false;

  constructor(options: WarmDriversOptions) {
    this.#options = options;
  }

  /** One that is ready, and from now on the caller's. */
  take(key: string): WarmDriver | undefined {
    const driver = [...this.#drivers.keys()].find(each => each.key === key && each.isReady);
    if (driver) this.#forget(driver);
    return driver;
  }

  get ready(): number {
    return [...this.#drivers.keys()].filter(driver => driver.isReady).length;
  }

  get starting(): boolean {
    return [...this.#drivers.keys()].some(driver => !driver.isReady);
  }

  /** Has one of this kind in readiness, in place of the one that waits longest if need be. */
  async want(wish: WarmWish): Promise<void> {
    const { size, availableMemory, log } = this.#options;
    if (this.#closed || size() < 1) return;
    const kinds = [...this.#drivers.keys()];
    if (kinds.some(driver => driver.key === wish.key)) return;
    if (kinds.length >= size()) kinds[0]?.end();
    if (availableMemory() < wish.heap + besideHeap) {
      return log('no driver is kept warm: there is too little memory free');
    }
    try {
      await this.#start(wish);
    } catch (error) {
      log(`no driver can be kept warm: ${messageOf(error)}`);
    }
  }

  /** Ends what an earlier backend left, the drivers of running batches aside. @param used their folders */
  sweep(used: ReadonlySet<string>): void {
    const { folder, log } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      const left = join(folder, name);
      if (!used.has(left)) void remove(left, log);
    }
  }

  /** Ends those that wait. */
  close(): void {
    this.#closed = true;
    for (const driver of this.#drivers.keys()) driver.end();
    // Node removes a Unix socket's file with it.
    void this.#server?.then(server => server.close());
  }

  async #start(wish: WarmWish): Promise<void> {
    this.#count++;
    const folder = join(this.#options.folder, `${process.pid}-${this.#count}`);
    const driver = new WarmDriver(folder, wish.key, (gone, why) => this.#onGone(gone, wish, why));
    this.#drivers.set(driver, setTimeout(() => driver.end(), idleLimit).unref());
    await (this.#server ??= this.#listen());
    mkdirSync(join(folder, 'warm-up'), { recursive: true, mode: 0o700 });
    launch(wish.command(folder, this.#options.socketFile), folder, 1, () => driver.gone());
  }

  #onGone(driver: WarmDriver, wish: WarmWish, why: 'sent' | 'fell'): void {
    const { log } = this.#options;
    this.#forget(driver);
    void remove(driver.folder, log);
    if (why === 'sent') return;
    log(`a warm driver ended ${driver.wasReady ? 'while it waited' : 'before it was warm'}`);
    // One that never came up would not come up the next time either.
    if (driver.wasReady) void this.want(wish);
  }

  #forget(driver: WarmDriver): void {
    clearTimeout(this.#drivers.get(driver));
    this.#drivers.delete(driver);
  }

  async #listen(): Promise<Server> {
    const { path, release } = this.#options.address(this.#options.socketFile);
    try {
      rmSync(path, { force: true });
      const server = createServer(socket => this.#welcome(socket));
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
      return server.unref();
    } finally {
      release();
    }
  }

  /** The first line says who it is. */
  #welcome(socket: Socket): void {
    let driver: WarmDriver | undefined;
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    // Errors of the socket come here as well, and it has a listener of its own.
    lines.on('error', () => undefined);
    lines.on('line', line => {
      const word = readWord(line);
      if (!word) socket.destroy();
      else if (driver) driver.hear(word);
      else {
        driver = [...this.#drivers.keys()].find(each => 'slot' in word && each.folder === word.slot);
        if (driver) driver.attach(socket);
        else socket.destroy();
      }
    });
  }
}

async function remove(folder: string, log: (line: string) => void): Promise<void> {
  try {
    await endMarked(folder, 0);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    log(`${folder} can't be removed: ${messageOf(error)}`);
  }
}
