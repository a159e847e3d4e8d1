import type { FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { counted, duration, percent } from './wording.ts';

const { time, coreTime, driverShare } = thresholds.idle;

/** Executors are held while no job runs: the program does something itself. */
export const driverAlone: FindHints = ({ metrics, executors }) => {
  // In local mode nobody is kept from the cores.
  if (executors.every(({ id }) => id === 'driver')) return [];
  const { cores, wallTime, jobTime } = metrics;
  const alone = wallTime - jobTime;
  const idle = metrics.coreTime - metrics.jobCoreTime;
  const share = metrics.coreTime === 0 ? 0 : idle / metrics.coreTime;
  if (alone < time || idle < coreTime || share < driverShare) return [];
  return [
    {
      kind: 'driver-alone',
      title: `No Spark job ran for ${percent(alone / wallTime)} of the time`,
      detail:
        `For ${duration(alone)} of ${duration(wallTime)} no job ran, and up to ${counted(cores, 'core')} waited: ${percent(share)} of their time. ` +
        'The program was busy on its own: look for loops over collected rows, toPandas(), downloads or sleeps, and do that work on executors or before Spark is started.',
      figures: { cores, wallTime, jobTime, coreTime: metrics.coreTime, idleCoreTime: idle },
    },
  ];
};
