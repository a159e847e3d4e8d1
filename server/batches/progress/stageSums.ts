import type { StageMetrics } from '../../protocol/metrics.ts';
import { QuantileSketch } from './quantileSketch.ts';
import type { TaskEnd } from './taskEnd.ts';
import type { TaskFigures } from './taskFigures.ts';
import { TaskSums } from './taskSums.ts';

/** The tasks of one attempt of a stage, summed up and distributed; none of them is kept. */
export class StageSums {
  readonly #sums = new TaskSums();
  readonly #duration = new QuantileSketch();
  readonly #bytesRead = new QuantileSketch();
  #cores = 0;

  /** @param cores that the application has at this moment */
  add(task: TaskFigures, end: TaskEnd, cores: number): void {
    this.#sums.add(task, end);
    if (cores > this.#cores) this.#cores = cores;
    // One that was killed or failed may have stopped anywhere: it says nothing of how the data is spread.
    if (end !== 'succeeded') return;
    this.#duration.add(task.duration);
    this.#bytesRead.add(task.inputBytes + task.shuffleReadBytes);
  }

  metrics(): StageMetrics {
    const duration = this.#duration.distribution();
    const bytesRead = this.#bytesRead.distribution();
    return {
      ...this.#sums.totals(),
      cores: this.#cores,
      ...(duration && { duration }),
      ...(bytesRead && { bytesRead }),
    };
  }
}
