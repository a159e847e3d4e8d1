import { counted, size } from '../../../batches/hints/wording.ts';
import type { BatchHistory } from '../../../protocol/batch.ts';
import type { ApplicationMetrics, StageMetrics } from '../../../protocol/metrics.ts';
import type { Paint } from '../output.ts';
import { formatDuration } from './time.ts';

/** What a stage did, in one line: "read 2.0 MiB, shuffled out 300 KiB; tasks 14 s, median 0.3 s, longest 3.6 s". */
export function formatStageMetrics(metrics: StageMetrics): string {
  const { inputBytes, outputBytes, shuffleReadBytes, shuffleWriteBytes, diskSpilled, duration } = metrics;
  const moved = [
    amount('read', inputBytes, metrics.inputRecords),
    amount('shuffled in', shuffleReadBytes, metrics.shuffleReadRecords),
    amount('shuffled out', shuffleWriteBytes, metrics.shuffleWriteRecords),
    amount('wrote', outputBytes, metrics.outputRecords),
    diskSpilled > 0 ? `spilled ${size(diskSpilled)}` : '',
  ];
  const several = duration && metrics.tasks > 1;
  const spent = [
    `tasks ${formatDuration(metrics.taskTime)}`,
    several ? `median ${formatDuration(duration.median)}, longest ${formatDuration(duration.max)}` : '',
    garbage(metrics),
  ];
  return [moved, spent]
    .map(parts => parts.filter(Boolean).join(', '))
    .filter(Boolean)
    .join('; ');
}

/** The executors and what all tasks did together, in a few words; nothing when no task has ended. */
export function formatApplicationMetrics(metrics: ApplicationMetrics): string {
  if (metrics.tasks === 0) return '';
  const used = metrics.jobCoreTime === 0 ? undefined : metrics.taskTime / metrics.jobCoreTime;
  return [
    `${metrics.cores} ${metrics.cores === 1 ? 'core' : 'cores'}`,
    `jobs ran ${formatDuration(metrics.jobTime)} of ${formatDuration(metrics.wallTime)}`,
    `tasks ${formatDuration(metrics.taskTime)}`,
    // With what runs and isn't counted yet it may come out a little above.
    ...(used === undefined
      ? []
      : [`cores used ${Math.min(100, Math.round(used * 100))} % of the jobs' time`]),
    ...[garbage(metrics)].filter(Boolean),
  ].join(', ');
}

/** What made it slower than it had to be; empty when there is nothing to say. */
export function formatHints({ hints }: Pick<BatchHistory, 'hints'>, paint: Paint): string {
  return hints.map(({ title, detail }) => `${paint('yellow', `Hint: ${title}`)}\n  ${detail}`).join('\n');
}

function amount(what: string, bytes: number, records: number): string {
  if (bytes === 0) return '';
  const rows = records === 0 ? '' : ` (${counted(records, 'row')})`;
  return `${what} ${size(bytes)}${rows}`;
}

function garbage({ gcTime, runTime }: Pick<StageMetrics, 'gcTime' | 'runTime'>): string {
  const share = runTime === 0 ? 0 : Math.round((gcTime / runTime) * 100);
  return share > 0 ? `garbage collection ${share} %` : '';
}
