import type { Socket } from 'node:net';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { ImportedModules } from './shadowedModule.ts';

/** What a warm driver is told, one line of JSON; see warm_driver.py. */
export interface WarmBatch {
  /** The claim that makes the launch its own, see process/launch.ts. */
  claim: string;
  /** Takes the output and the exit code. */
  folder: string;
  /** Those of spark-submit. */
  args: readonly string[];
  /** That of spark-submit. */
  env: Readonly<Record<string, string>>;
}

/** What one says of itself, a line each: where it lies, that it is warm and with which modules, that the batch is its own. */
const Word = Type.Union([
  Type.Object({ slot: Type.String() }),
  Type.Object({
    ready: Type.Literal(true),
    loaded: Type.Array(Type.String()),
    absent: Type.Array(Type.String()),
  }),
  Type.Object({ taken: Type.Literal(true) }),
]);
export type Word = Static<typeof Word>;

/** @returns undefined for a line that no warm driver says */
export function readWord(line: string): Word | undefined {
  try {
    const word: unknown = JSON.parse(line);
    return Value.Check(Word, word) ? word : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds that it may take to say that it has taken a batch: it makes a link and renames three files. */
const takeLimit = 10_000;

/** How it went: sent away, by itself, or with a batch in hand. */
export type Farewell = 'sent' | 'fell' | 'handed';

/** A driver that was started before there is a batch for it. It takes one. */
export class WarmDriver {
  readonly folder: string;
  readonly key: string;
  readonly #onGone: (driver: WarmDriver, why: Farewell) => void;
  #socket: Socket | undefined;
  #state: 'starting' | 'ready' | 'handed' | 'taken' | 'gone' = 'starting';
  #onRefused: (() => void) | undefined;
  #limit: NodeJS.Timeout | undefined;
  #modules: ImportedModules | undefined;
  #sent = false;

  /** @param onGone when it has ended without a batch, or can't be asked whether it has taken the one it was handed */
  constructor(folder: string, key: string, onGone: (driver: WarmDriver, why: Farewell) => void) {
    this.folder = folder;
    this.key = key;
    this.#onGone = onGone;
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Whether it got as far as to be ready before it went. */
  get wasReady(): boolean {
    return this.#modules !== undefined;
  }

  /** What its Python has imported, once it is ready. */
  get modules(): ImportedModules | undefined {
    return this.#modules;
  }

  /** It has called. */
  attach(socket: Socket): void {
    if (this.#socket) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.once('close', () => this.gone());
  }

  /** @param onRefused when it went, or kept silent, without having taken the batch: whoever claims the launch may start it */
  hand(batch: WarmBatch, onRefused: () => void): void {
    this.#state = 'handed';
    this.#onRefused = onRefused;
    this.#limit = setTimeout(() => this.end(), takeLimit);
    this.#socket?.write(`${JSON.stringify(batch)}\n`);
  }

  /** It ends by itself when it is hung up on, unless it has a batch. */
  end(): void {
    this.#sent = true;
    this.#socket?.destroy();
    this.gone();
  }

  /** It is no more, or can't be reached any more. */
  gone(): void {
    clearTimeout(this.#limit);
    const before = this.#state;
    this.#state = 'gone';
    if (before === 'handed') {
      this.#onRefused?.();
      this.#onGone(this, 'handed');
    } else if (before !== 'taken' && before !== 'gone') this.#onGone(this, this.#sent ? 'sent' : 'fell');
  }

  hear(word: Word): void {
    if (this.#state === 'starting' && 'ready' in word) {
      this.#state = 'ready';
      this.#modules = { loaded: new Set(word.loaded), absent: new Set(word.absent) };
    } else if (this.#state === 'handed' && 'taken' in word) {
      this.#state = 'taken';
      clearTimeout(this.#limit);
      this.#socket?.end();
    }
  }
}
