import { EventEmitter } from 'node:events';
import type { Changed } from '../protocol/methods.ts';

/**
 * Tells whoever listens that something changed, with a number that only grows, also over a restart of the backend and
 * when the clock was set back.
 */
export class Changes {
  readonly #emitter = new EventEmitter<{ changed: [Changed] }>().setMaxListeners(0);
  #revision: number;
  /** Of what has no revision: places in the queue. */
  #announced = 0;

  /** @param newest the highest number that was written down */
  constructor(newest = 0) {
    this.#revision = Math.max(newest + 1, Date.now());
  }

  get revision(): number {
    return this.#revision;
  }

  /** Another one after each change of what is written down; progress, which is read from elsewhere, doesn't count. */
  get version(): string {
    return `${this.#revision}.${this.#announced}`;
  }

  /** For a record that is about to be written; `announce` follows when it is. */
  next(): number {
    return ++this.#revision;
  }

  announce(topic: Changed['topic'], id: number): void {
    if (topic !== 'progress') this.#announced++;
    this.#emitter.emit('changed', { revision: this.#revision, topic, id });
  }

  /** @returns what ends the listening */
  on(listener: (change: Changed) => void): () => void {
    this.#emitter.on('changed', listener);
    return () => this.#emitter.off('changed', listener);
  }

  /** Resolves with the first answer of `look` that isn't undefined: asked now and after each change of that thing. */
  async until<T>(
    topic: Changed['topic'],
    id: number,
    look: () => T | undefined,
    signal?: AbortSignal,
  ): Promise<T> {
    const now = look();
    if (now !== undefined) return now;
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        stop();
        signal?.removeEventListener('abort', abort);
        act();
      };
      const abort = (): void => finish(() => reject(signal?.reason));
      const stop = this.on(change => {
        if (change.topic !== topic || change.id !== id) return;
        try {
          const found = look();
          if (found !== undefined) finish(() => resolve(found));
        } catch (error) {
          finish(() => reject(error));
        }
      });
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) abort();
    });
  }
}
