import type { Hint } from '../../protocol/metrics.ts';
import { costliest, doneStages, type DoneStage, type FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { capitalised, counted, duration, size, stageName } from './wording.ts';

const { stageTime } = thresholds;
const { usedShare, overlapShare } = thresholds.fewPartitions;

/** A long stage has one partition, or few, while the application has more cores. */
export const fewPartitions: FindHints = measured => {
  const stages = doneStages(measured);
  const found = stages.filter(stage => leavesCores(stage) && runsAlone(stage, stages));
  return costliest(found, idle).map(hint);
};

/** Core time that it leaves unused, while its longest task runs. */
const idle = ({ metrics, tasks }: DoneStage): number =>
  (metrics.duration?.max ?? 0) * (metrics.cores - tasks.total);

function leavesCores({ metrics, tasks, attempt }: DoneStage): boolean {
  // The time of the stage itself may have been spent waiting for executors. A later attempt has only what was lost.
  const longest = metrics.duration?.max ?? 0;
  return longest >= stageTime && attempt === 0 && tasks.total <= usedShare * metrics.cores;
}

function runsAlone(stage: DoneStage, stages: readonly DoneStage[]): boolean {
  return stages.every(other => {
    if (other === stage) return true;
    const shared = Math.min(stage.endedAt, other.endedAt) - Math.max(stage.startedAt, other.startedAt);
    return shared < overlapShare * stage.took;
  });
}

function hint(stage: DoneStage): Hint {
  const { id, tasks, metrics } = stage;
  const longest = metrics.duration?.max ?? 0;
  const { cores } = metrics;
  const read = metrics.inputBytes + metrics.shuffleReadBytes;
  const free = cores - tasks.total;
  const one = tasks.total === 1;
  const work = one
    ? `It was one task, which ran ${duration(longest)}`
    : `It had ${counted(tasks.total, 'task')}, the longest of which ran ${duration(longest)}`;
  return {
    kind: 'few-partitions',
    title: `${capitalised(stageName(stage))} had ${counted(tasks.total, 'partition')} for ${cores} cores`,
    detail:
      `${work} while ${counted(free, 'core')} of ${cores} had nothing to do${read > 0 ? `; it read ${size(read)}` : ''}. ` +
      'Repartition before it if the work can be divided. Usual causes: coalesce(1) or repartition(1), a window or sort over all rows, a file that cannot be split such as gzip.',
    stageId: id,
    figures: { tasks: tasks.total, cores, stageTime: stage.took, maxTaskTime: longest, bytesRead: read },
  };
}
