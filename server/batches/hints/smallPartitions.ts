import { doneStages, type DoneStage, type FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { counted, duration, percent, size, stageName } from './wording.ts';

const { stageTime, small } = thresholds;

/** Little or no data is divided among many partitions; a stage of it is short, but there may be many. */
export const smallPartitions: FindHints = measured => {
  const stages = doneStages(measured).filter(isTiny);
  const sum = (figure: (stage: DoneStage) => number): number =>
    stages.reduce((total, stage) => total + figure(stage), 0);
  const took = sum(stage => stage.took);
  const { jobTime } = measured.metrics;
  const longest = stages.toSorted((a, b) => b.took - a.took)[0];
  if (!longest || took < stageTime || took < small.jobTimeShare * jobTime) return [];
  const tasks = sum(stage => stage.tasks.total);
  const read = sum(stage => stage.metrics.shuffleReadBytes);
  const only = stages.length === 1;
  return [
    {
      kind: 'small-partitions',
      title: only
        ? `${counted(tasks, 'partition')} for ${size(read)}`
        : `${counted(stages.length, 'stage')} with many small partitions`,
      detail:
        `${only ? `In ${stageName(longest)}` : `In ${counted(stages.length, 'stage')}, the longest of them ${stageName(longest)},`} ${counted(tasks, 'task')} shared ${size(read)}, about ${size(Math.round(read / tasks))} each, and took ${duration(took)}, ${percent(took / jobTime)} of the time in which jobs ran. ` +
        'Most of that is scheduling: lower spark.sql.shuffle.partitions (or the number of slices or partitions that the program asks for), and leave spark.sql.adaptive.enabled on.',
      ...(only && { stageId: longest.id }),
      figures: { stages: stages.length, tasks, stageTime: took, jobTime, shuffleReadBytes: read },
    },
  ];
};

function isTiny({ tasks, metrics }: DoneStage): boolean {
  return (
    tasks.total >= small.tasks &&
    metrics.inputBytes === 0 &&
    metrics.shuffleReadBytes < small.bytes * tasks.total &&
    (metrics.duration?.median ?? Infinity) <= small.partitionTaskTime
  );
}
