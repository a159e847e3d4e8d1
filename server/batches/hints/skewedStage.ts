import type { Hint } from '../../protocol/metrics.ts';
import { costliest, doneStages, type DoneStage, type FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { capitalised, counted, duration, size, stageName, times } from './wording.ts';

const { stageTime, skew } = thresholds;

/** One task runs far longer than the others, and the cores wait for it. */
export const skewedStage: FindHints = measured =>
  costliest(doneStages(measured).filter(isSkewed), lost).map(hint);

const lost = ({ metrics: { duration: spread } }: DoneStage): number =>
  spread ? spread.max - spread.median : 0;

function isSkewed(stage: DoneStage): boolean {
  const { took, tasks, metrics } = stage;
  // On one core tasks run one after the other, however long each is.
  if (took < stageTime || tasks.total < skew.tasks || metrics.cores < 2 || !metrics.duration) return false;
  const { max, median } = metrics.duration;
  return max >= skew.ratio * median && lost(stage) >= skew.lostTime && lost(stage) >= skew.lostShare * took;
}

function hint(stage: DoneStage): Hint {
  const { id, tasks, took, metrics } = stage;
  const { max = 0, median = 0 } = metrics.duration ?? {};
  const read = metrics.bytesRead ?? { max: 0, median: 0 };
  const byData = read.max >= skew.bytesRatio * Math.max(1, read.median);
  const ratio = read.median > 0 ? `${times(read.max / read.median)} the median` : 'half of them nothing';
  const cause = byData
    ? `One task read up to ${size(read.max)}, ${ratio}: some keys or partitions have far more rows than others. ` +
      'Spread them: repartition by a finer key, or add a random part to the key and aggregate twice; joins of DataFrames are split by spark.sql.adaptive.skewJoin.enabled.'
    : 'The tasks read about the same, so look at what is done with the rows of one partition rather than at how many there are.';
  return {
    kind: 'skewed-stage',
    title: `${capitalised(stageName(stage))} is skewed`,
    detail: `The longest of its ${counted(tasks.total, 'task')} ran ${duration(max)}, half of them at most ${duration(median)}; the stage took ${duration(took)}. ${cause}`,
    stageId: id,
    figures: {
      tasks: tasks.total,
      stageTime: took,
      maxTaskTime: max,
      medianTaskTime: median,
      maxBytesRead: read.max,
      medianBytesRead: read.median,
    },
  };
}
