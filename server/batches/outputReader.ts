import { setTimeout as delay } from 'node:timers/promises';
import { isTerminal, type Batch } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import {
  streams,
  type LogFilesParams,
  type LogFilesResult,
  type LogReadParams,
  type LogReadResult,
} from '../protocol/log.ts';
import { linkSignals } from '../process/linkSignals.ts';
import { watchPath } from '../process/watchPath.ts';
import type { Changes } from '../store/changes.ts';
import { outputFile, readOutput, sizeOf } from './output.ts';
import { Slots } from './slots.ts';

/** How often it is looked for more where the system tells nothing. Milliseconds. */
const lookInterval = 1000;
/** Of so many at once: each takes what it was asked for, up to four megabytes. */
const mostReads = 4;

/** Reads batches' output for those who follow it: they pull, and wait here for more. */
export class OutputReader {
  readonly #changes: Changes;
  readonly #get: (id: number) => Batch;
  readonly #slots = new Slots(mostReads);

  constructor(changes: Changes, get: (id: number) => Batch) {
    this.#changes = changes;
    this.#get = get;
  }

  /** With `wait` the answer comes when there is something to give, or the batch has ended. */
  async read(params: LogReadParams, signal: AbortSignal): Promise<LogReadResult> {
    return this.#when(params, signal, async batch => {
      const result = await this.#slots.run(signal, () =>
        readOutput(batch.folder, params, isTerminal(batch.state)),
      );
      return { result, isNew: result.ended || result.chunks.length > 0 };
    });
  }

  /** Where a client on this machine finds what it may read by itself. Waits as `read` does. */
  async files(params: LogFilesParams, signal: AbortSignal): Promise<LogFilesResult> {
    return this.#when(params, signal, async ({ folder, state }) => {
      const files = { stdout: outputFile(folder, 'stdout'), stderr: outputFile(folder, 'stderr') };
      const wanted = params.streams ?? streams;
      const sizes = await Promise.all(wanted.map(stream => sizeOf(files[stream])));
      const hasChanged = wanted.some((stream, index) => sizes[index] !== params.from[stream]);
      const ended = isTerminal(state);
      return { result: { files, ended }, isNew: ended || hasChanged };
    });
  }

  /** Looks once, or with `wait` again and again until there is something new. */
  async #when<T>(
    { id, wait = false }: Pick<LogReadParams, 'id' | 'wait'>,
    signal: AbortSignal,
    look: (batch: Batch) => Promise<{ result: T; isNew: boolean }>,
  ): Promise<T> {
    for (;;) {
      const batch = this.#get(id);
      // Watched before it is read, so that what comes between is not waited for.
      const over = new AbortController();
      const linked = linkSignals(signal, over.signal);
      const more = wait ? this.#more(batch, linked.signal) : undefined;
      try {
        const { result, isNew } = await look(batch);
        if (!more || isNew) return result;
        await more;
        if (signal.aborted) throw new SparkdeckError('request.cancelled', 'Cancelled.');
      } finally {
        over.abort();
        linked.unlink();
      }
    }
  }

  /** Resolves when there may be more to read, or when it is told to stop. Never rejects. */
  async #more(batch: Batch, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const { signal: either, unlink } = linkSignals(signal, over.signal);
    const unwatch: (() => void)[] = [];
    const grown = new Promise<void>(resolve => {
      for (const stream of streams)
        unwatch.push(watchPath(outputFile(batch.folder, stream), () => resolve()));
    });
    const isPast = (): true | undefined => this.#get(batch.id).revision > batch.revision || undefined;
    const others = [
      this.#changes.until('batch', batch.id, isPast, either),
      delay(lookInterval, undefined, { signal: either }),
    ];
    await Promise.race([grown, ...others]).catch(() => undefined);
    over.abort();
    for (const end of unwatch) end();
    await Promise.allSettled(others);
    unlink();
  }
}
