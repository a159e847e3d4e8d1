import type { TaskTotals } from '../../protocol/metrics.ts';
import type { TaskEnd } from './taskEnd.ts';
import type { TaskFigures } from './taskFigures.ts';

/** Adds tasks up. */
export class TaskSums {
  readonly #sums: TaskTotals = {
    tasks: 0,
    taskTime: 0,
    failedTime: 0,
    runTime: 0,
    cpuTime: 0,
    gcTime: 0,
    fetchWaitTime: 0,
    resultBytes: 0,
    inputBytes: 0,
    inputRecords: 0,
    outputBytes: 0,
    outputRecords: 0,
    shuffleReadBytes: 0,
    shuffleReadRecords: 0,
    shuffleWriteBytes: 0,
    shuffleWriteRecords: 0,
    memorySpilled: 0,
    diskSpilled: 0,
    peakExecutionMemory: 0,
  };

  add(task: TaskFigures, end: TaskEnd): void {
    const sums = this.#sums;
    sums.tasks++;
    sums.taskTime += task.duration;
    if (end === 'failed') sums.failedTime += task.duration;
    sums.runTime += task.runTime;
    sums.cpuTime += task.cpuTime;
    sums.gcTime += task.gcTime;
    sums.fetchWaitTime += task.fetchWaitTime;
    sums.resultBytes += task.resultBytes;
    sums.inputBytes += task.inputBytes;
    sums.inputRecords += task.inputRecords;
    sums.outputBytes += task.outputBytes;
    sums.outputRecords += task.outputRecords;
    sums.shuffleReadBytes += task.shuffleReadBytes;
    sums.shuffleReadRecords += task.shuffleReadRecords;
    sums.shuffleWriteBytes += task.shuffleWriteBytes;
    sums.shuffleWriteRecords += task.shuffleWriteRecords;
    sums.memorySpilled += task.memorySpilled;
    sums.diskSpilled += task.diskSpilled;
    if (task.peakExecutionMemory > sums.peakExecutionMemory)
      sums.peakExecutionMemory = task.peakExecutionMemory;
  }

  totals(): TaskTotals {
    return { ...this.#sums, cpuTime: Math.round(this.#sums.cpuTime) };
  }
}
