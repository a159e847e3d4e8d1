import { doneStages, type FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { duration, percent, stageName } from './wording.ts';

const { time, share } = thresholds.garbage;

/** The JVMs are busy making room. */
export const garbageCollection: FindHints = measured => {
  const { gcTime, runTime } = measured.metrics;
  if (gcTime < time || gcTime < share * runTime) return [];
  const worst = doneStages(measured).toSorted((a, b) => b.metrics.gcTime - a.metrics.gcTime)[0];
  const most =
    worst === undefined ? '' : `, most of it in ${stageName(worst)}: ${duration(worst.metrics.gcTime)}`;
  return [
    {
      kind: 'garbage-collection',
      title: `Garbage collection took ${percent(gcTime / runTime)} of the run time`,
      detail:
        `Of the ${duration(runTime)} that tasks ran, JVMs collected garbage for ${duration(gcTime)}${most}. ` +
        'Memory is short: give executors more of it or fewer cores, cache less (or with MEMORY_AND_DISK), and prefer DataFrame functions to objects and UDFs of Scala or Java.',
      ...(worst && { stageId: worst.id }),
      figures: {
        runTime,
        gcTime,
        share: gcTime / runTime,
        ...(worst && { worstStageGcTime: worst.metrics.gcTime }),
      },
    },
  ];
};
