import type { Hint } from '../../protocol/metrics.ts';
import { costliest, doneStages, type DoneStage, type FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { capitalised, counted, percent, size, stageName } from './wording.ts';

/** What tasks sort or aggregate doesn't fit into their memory, and goes to disk and back. */
export const spill: FindHints = measured =>
  costliest(
    doneStages(measured).filter(
      ({ took, metrics }) => took >= thresholds.stageTime && metrics.diskSpilled >= thresholds.spilledBytes,
    ),
    stage => stage.metrics.diskSpilled,
  ).map(hint);

function hint(stage: DoneStage): Hint {
  const { id, tasks, metrics, took } = stage;
  const { memorySpilled, diskSpilled } = metrics;
  const read = metrics.inputBytes + metrics.shuffleReadBytes;
  const compared = read > 0 ? `, ${percent(diskSpilled / read)} of what the stage read` : '';
  return {
    kind: 'spill',
    title: `${capitalised(stageName(stage))} spilled ${size(diskSpilled)} to disk`,
    detail:
      `Its ${counted(tasks.total, 'task')} wrote ${size(diskSpilled)} to disk and read it again${compared}: ${size(memorySpilled)} in memory that had no room there. ` +
      'Make partitions smaller by having more of them (spark.sql.shuffle.partitions), or give executors more memory for each core.',
    stageId: id,
    figures: { tasks: tasks.total, stageTime: took, memorySpilled, diskSpilled, bytesRead: read },
  };
}
