import { existsSync, watch } from 'node:fs';
import { isTerminal, type Batch } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import { streams, type LogReadParams, type LogReadResult } from '../protocol/log.ts';
import type { Changes } from '../store/changes.ts';
import { outputFile, readOutput } from './output.ts';

/** Reads batches' output for those who follow it: they pull, and wait here for more. */
export class OutputReader {
  readonly #changes: Changes;
  readonly #get: (id: number) => Batch;

  constructor(changes: Changes, get: (id: number) => Batch) {
    this.#changes = changes;
    this.#get = get;
  }

  /** With `wait` the answer comes when there is something to give, or the batch has ended. */
  async read(params: LogReadParams, signal: AbortSignal): Promise<LogReadResult> {
    for (;;) {
      const batch = this.#get(params.id);
      // Watched before it is read, so that what comes between is not waited for.
      const over = new AbortController();
      const grown = params.wait ? this.#grows(batch, AbortSignal.any([signal, over.signal])) : undefined;
      try {
        const result = await readOutput(batch.folder, params, isTerminal(batch.state));
        if (!grown || result.ended || result.chunks.length > 0) return result;
        await grown;
        if (signal.aborted) throw new SparkdeckError('request.cancelled', 'Cancelled.');
      } finally {
        over.abort();
        await grown;
      }
    }
  }

  /** Resolves when there may be more to read, or when it is told to stop. */
  async #grows(batch: Batch, signal: AbortSignal): Promise<void> {
    const changed = this.#changes
      .until('batch', batch.id, () => this.#get(batch.id).revision > batch.revision || undefined, signal)
      .then(() => undefined)
      .catch(() => undefined);
    // Not started yet: there is no file to watch, but a change of state will come.
    const files = streams.map(stream => outputFile(batch.folder, stream)).filter(file => existsSync(file));
    await Promise.race([changed, ...files.map(file => fileChanges(file, signal))]);
  }
}

function fileChanges(file: string, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const watcher = watch(file, { signal }, () => watcher.close());
    watcher.once('error', () => watcher.close());
    watcher.once('close', resolve);
  });
}
