import type { FindHints } from './measured.ts';
import { thresholds } from './thresholds.ts';
import { counted, duration, percent } from './wording.ts';

const { time, coreTime, usedShare } = thresholds.idle;

/** Jobs run, and most of the cores have no task. */
export const idleCores: FindHints = ({ metrics }) => {
  const { cores, jobTime, jobCoreTime, taskTime } = metrics;
  const used = jobCoreTime === 0 ? 1 : taskTime / jobCoreTime;
  if (cores < 2 || jobTime < time || jobCoreTime - taskTime < coreTime || used >= usedShare) return [];
  return [
    {
      kind: 'idle-cores',
      title: `Cores were used ${percent(used)} of the time`,
      detail:
        `While jobs ran, ${duration(jobTime)} in all, up to ${counted(cores, 'core')} could have worked for ${duration(jobCoreTime)}; tasks took ${duration(taskTime)} of it. ` +
        'Have at least as many partitions as cores, run independent jobs side by side from threads, or ask for fewer cores (spark.cores.max).',
      figures: { cores, jobTime, jobCoreTime, taskTime, usedShare: used },
    },
  ];
};
