import type { Executor } from '../../protocol/metrics.ts';
import type { TaskFigures } from './taskFigures.ts';

/** The executors of an application, those that are gone among them, of which only the newest are kept. */
export class ExecutorsModel {
  readonly #executors = new Map<string, Executor>();
  readonly #live = new Set<string>();
  readonly #keep: number;

  /** @param keep how many; of more, those that have gone first are forgotten */
  constructor(keep = 1000) {
    this.#keep = keep;
  }

  /** The driver not counted. */
  get live(): number {
    return this.#live.size - (this.driverRunsTasks ? 1 : 0);
  }

  /** So it is in local mode. */
  get driverRunsTasks(): boolean {
    return this.#live.has('driver');
  }

  added(executor: Pick<Executor, 'id' | 'host' | 'cores' | 'addedAt'>): void {
    this.#executors.set(executor.id, { ...executor, tasks: 0, failed: 0, runTime: 0, inputBytes: 0 });
    this.#live.add(executor.id);
    if (this.#executors.size <= this.#keep) return;
    const gone = [...this.#executors.keys()].find(id => !this.#live.has(id));
    if (gone !== undefined) this.#executors.delete(gone);
  }

  /**
   * @param reason in Spark's words
   * @returns how many cores went with it; 0 when it was gone before
   */
  removed(id: string, at: number, reason?: string): number {
    if (!this.#live.delete(id)) return 0;
    const executor = this.#executors.get(id);
    if (!executor) return 0;
    executor.removedAt = at;
    if (reason !== undefined) executor.removedReason = reason.slice(0, reasonLimit);
    return executor.cores;
  }

  /** The application is gone, and all of them with it. */
  allRemoved(at: number): void {
    for (const id of this.#live) this.removed(id, at);
  }

  taskEnded(task: TaskFigures, failed: boolean): void {
    const executor = this.#executors.get(task.executorId);
    if (!executor) return;
    executor.tasks++;
    if (failed) executor.failed++;
    executor.runTime += task.runTime;
    executor.inputBytes += task.inputBytes;
  }

  /** In the order they came. */
  snapshot(): Executor[] {
    return [...this.#executors.values()].map(executor => ({ ...executor }));
  }
}

/** Characters. */
const reasonLimit = 500;
