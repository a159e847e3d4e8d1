import type { TimingStep } from '../../protocol/timing.ts';
import type { SparkEvent } from './sparkEvent.ts';

/** When an application came to which step, in milliseconds since 1970; of `lastTask`, the last so far. */
export type MilestoneTimes = Partial<
  Record<Exclude<TimingStep['step'], 'accepted' | 'launched' | 'exit' | 'told'>, number>
>;

/** Notes in passing when an application came to its first and last things. */
export class Milestones {
  readonly #times: MilestoneTimes = {};
  // There are millions of tasks.
  #lastTask = 0;

  apply(event: SparkEvent): void {
    switch (event.kind) {
      case 'taskStart':
        if (event.launchedAt !== undefined) this.#times.firstTask = event.launchedAt;
        return;
      case 'taskEnd':
        if (event.task && event.task.finishedAt > this.#lastTask) this.#lastTask = event.task.finishedAt;
        return;
      // Told again when the program adds a file.
      case 'environment':
        this.#times.submitted = event.submittedAt;
        return;
      case 'applicationStart':
        this.#times.context = event.at;
        return;
      // The driver's is made near the end of the SparkContext's construction, which has no event of its own.
      case 'blockManagerAdded':
        if (event.executorId === 'driver') this.#times.contextUp ??= event.at;
        return;
      case 'executorAdded':
        if (event.executorId !== 'driver') this.#times.executor ??= event.at;
        return;
      case 'applicationEnd':
        this.#times.contextEnd = event.at;
    }
  }

  times(): MilestoneTimes {
    return { ...this.#times, ...(this.#lastTask > 0 && { lastTask: this.#lastTask }) };
  }
}
