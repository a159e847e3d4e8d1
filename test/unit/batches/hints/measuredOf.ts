import type { Measured } from '../../../../server/batches/hints/measured.ts';
import type { BatchProgress, StageProgress } from '../../../../server/protocol/batch.ts';
import type {
  ApplicationMetrics,
  Executor,
  StageMetrics,
  TaskTotals,
} from '../../../../server/protocol/metrics.ts';

const noTotals: TaskTotals = {
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

/** What a case says of a stage; the rest is as of an even stage on 4 cores. */
export interface StageCase {
  id?: number;
  attempt?: number;
  name?: string;
  state?: StageProgress['state'];
  /** Milliseconds. */
  startedAt?: number;
  took: number;
  tasks: number;
  failed?: number;
  median?: number;
  max?: number;
  read?: { median: number; max: number };
  metrics?: Partial<StageMetrics>;
}

function stageOf(given: StageCase, index: number): StageProgress {
  const { took, tasks, failed = 0, startedAt = index * 100_000 } = given;
  const max = given.max ?? took;
  const median = given.median ?? max;
  return {
    id: given.id ?? index,
    attempt: given.attempt ?? 0,
    name: given.name ?? 'count at /home/user/project/app.py:7',
    state: given.state ?? 'complete',
    tasks: { total: tasks, active: 0, completed: tasks, failed },
    startedAt,
    endedAt: startedAt + took,
    metrics: {
      ...noTotals,
      tasks: tasks + failed,
      cores: 4,
      duration: { min: 1, median, max },
      bytesRead: { min: 0, median: given.read?.median ?? 0, max: given.read?.max ?? 0 },
      ...given.metrics,
    },
  };
}

export interface MeasuredCase {
  stages?: StageCase[];
  metrics?: Partial<ApplicationMetrics>;
  executors?: Partial<Executor>[];
}

/** A history with these stages, each in a job of its own. */
export function measuredOf({ stages = [], metrics = {}, executors = [{}] }: MeasuredCase): Measured {
  const all = stages.map(stageOf);
  const none: BatchProgress['tasks'] = { total: 0, active: 0, completed: 0, failed: 0 };
  return {
    progress: {
      id: 1,
      executors: executors.length,
      waitingForResources: false,
      tasks: none,
      jobs: all.map((stage, id) => ({
        id,
        name: stage.name,
        state: 'succeeded',
        tasks: none,
        stages: [stage],
        startedAt: stage.startedAt ?? 0,
      })),
    },
    metrics: {
      ...noTotals,
      cores: 4,
      wallTime: 25_000,
      jobTime: 20_000,
      coreTime: 100_000,
      jobCoreTime: 80_000,
      ...metrics,
    },
    executors: executors.map((executor, id) => ({
      id: String(id),
      host: 'localhost',
      cores: 2,
      addedAt: 0,
      tasks: 1,
      failed: 0,
      runTime: 0,
      inputBytes: 0,
      ...executor,
    })),
  };
}
