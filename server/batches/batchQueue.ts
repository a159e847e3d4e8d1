import type { Batch } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Changes } from '../store/changes.ts';
import type { BatchTable } from './batchTable.ts';

/** Milliseconds: of changes in quick succession it is told so often. */
const pause = 500;

/** The order in which batches that wait are started, as clients see and change it. */
export class BatchQueue {
  readonly #table: BatchTable;
  readonly #changes: Changes;
  #pausing: NodeJS.Timeout | undefined;
  #isStale = false;

  constructor(table: BatchTable, changes: Changes) {
    this.#table = table;
    this.#changes = changes;
  }

  /** Gives those of these batches that wait their place. */
  place(batches: readonly Batch[]): Batch[] {
    if (!batches.some(({ state }) => state === 'not_started')) return [...batches];
    const positions = new Map(this.#table.queue().map((id, index) => [id, index + 1]));
    return batches.map(batch => {
      const queuePosition = positions.get(batch.id);
      return queuePosition === undefined ? batch : { ...batch, queuePosition };
    });
  }

  /**
   * Puts a batch at another place: 1 is next.
   * @throws SparkdeckError batch.running when it doesn't wait any more
   */
  move(batch: Batch, position: number): void {
    if (batch.state !== 'not_started') {
      throw new SparkdeckError(
        'batch.running',
        `Batch ${batch.id} is ${batch.state}: it waits in no queue any more.`,
      );
    }
    const queue = this.#table.queue().filter(id => id !== batch.id);
    this.#table.reorder(queue.toSpliced(position - 1, 0, batch.id));
    this.#changes.announce('batch', batch.id);
    this.#changes.announce('queue', 0);
  }

  /** Every place may have changed. All that wait are told of as one: there can be thousands of them, and of listeners. */
  tell(): void {
    if (this.#pausing) this.#isStale = true;
    else if (this.#table.queue().length > 0) this.#tellNow();
  }

  close(): void {
    clearTimeout(this.#pausing);
  }

  #tellNow(): void {
    this.#isStale = false;
    this.#pausing = setTimeout(() => {
      this.#pausing = undefined;
      if (this.#isStale) this.#tellNow();
    }, pause);
    this.#changes.announce('queue', 0);
  }
}
