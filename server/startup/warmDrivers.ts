import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf } from '../protocol/errors.ts';
import { launch, type Command } from '../process/launch.ts';
import { endMarked } from '../process/marked.ts';
import { readWord, WarmDriver, type Farewell } from './warmDriver.ts';

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
  /** Whether a batch that runs has this driver's folder for its mark. */
  isTaken: (folder: string) => boolean;
  /** How many, in all. */
  size: () => number;
  /** bytes of memory that this machine could give away now */
  availableMemory: () => number;
  log: (line: string) => void;
}

/** Milliseconds for which one waits for a batch. */
const idleLimit = 15 * 60_000;
/** Milliseconds for a JVM to remove what it unpacked into the temporary folder. */
const politeness = 3000;
/** Bytes that a driver takes beside its heap: JVM, Python, and what others on the machine should be left with. */
const besideHeap = 1.5 * 2 ** 30;

/**
 * Drivers that are started before there is a batch for them, each for one batch. They know of the backend by a socket:
 * when it goes, by kill -9 too, those without a batch end.
 */
export class WarmDrivers {
  readonly #options: WarmDriversOptions;
  /** Kinds that never got warm. */
  readonly #hopeless = new Set<string>();
  readonly #removals = new Set<Promise<void>>();
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
    if (this.#closed || size() < 1 || this.#hopeless.has(wish.key)) return;
    const drivers = [...this.#drivers.keys()];
    if (drivers.length >= size()) {
      if (drivers.some(driver => driver.key === wish.key)) return;
      drivers[0]?.end();
      await this.settled();
    }
    while (this.#drivers.size < size()) {
      if (availableMemory() < wish.heap + besideHeap) {
        return log('no driver is kept warm: there is too little memory free');
      }
      if (!(await this.#start(wish))) return;
    }
  }

  /** Sends away what the settings no longer let wait. */
  trim(): void {
    const surplus = this.#drivers.size - this.#options.size();
    for (const driver of [...this.#drivers.keys()].slice(0, Math.max(0, surplus))) driver.end();
  }

  /** Settles when those that were sent away are gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals);
  }

  /** Ends what an earlier backend left, the drivers of running batches aside. @param used their folders */
  sweep(used: ReadonlySet<string>): void {
    const { folder } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      const left = join(folder, name);
      if (!used.has(left)) this.#remove(left);
    }
  }

  /** Ends those that wait. */
  close(): void {
    this.#closed = true;
    for (const driver of this.#drivers.keys()) driver.end();
    // Node removes a Unix socket's file with it.
    this.#server?.then(
      server => server.close(),
      () => undefined,
    );
  }

  async #start(wish: WarmWish): Promise<boolean> {
    try {
      this.#server ??= this.#listen();
      await this.#server;
    } catch (error) {
      this.#server = undefined;
      this.#options.log(`no driver can be kept warm: ${messageOf(error)}`);
      return false;
    }
    if (this.#closed) return false;
    this.#count++;
    const folder = join(this.#options.folder, `${process.pid}-${Date.now()}-${this.#count}`);
    const driver = new WarmDriver(folder, wish.key, (gone, why) => this.#onGone(gone, wish, why));
    this.#drivers.set(driver, setTimeout(() => driver.end(), idleLimit).unref());
    try {
      mkdirSync(join(folder, 'warm-up'), { recursive: true, mode: 0o700 });
      launch(wish.command(folder, this.#options.socketFile), folder, 1, () => driver.gone());
      return true;
    } catch (error) {
      this.#forget(driver);
      this.#options.log(`no driver can be kept warm: ${messageOf(error)}`);
      return false;
    }
  }

  #onGone(driver: WarmDriver, wish: WarmWish, why: Farewell): void {
    const { log, isTaken } = this.#options;
    this.#forget(driver);
    // It may have taken the batch with its last word unheard.
    if (why !== 'handed' || !isTaken(driver.folder)) this.#remove(driver.folder);
    if (why !== 'fell') return;
    log(`a warm driver ended ${driver.wasReady ? 'while it waited' : 'before it was warm'}`);
    if (driver.wasReady) void this.want(wish);
    else this.#hopeless.add(wish.key);
  }

  #remove(folder: string): void {
    const removal = remove(folder, this.#options.log).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
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
    await endMarked(folder, politeness);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    log(`${folder} can't be removed: ${messageOf(error)}`);
  }
}
