import type { FindHints } from './measured.ts';
import { counted } from './wording.ts';

/** Executors died while the application ran. However short it was, that is never as it should be. */
export const lostExecutors: FindHints = ({ executors }) => {
  const lost = executors.filter(
    ({ removedReason }) => removedReason !== undefined && !asked.test(removedReason),
  );
  const last = lost.at(-1)?.removedReason;
  if (last === undefined) return [];
  const outOfMemory = lost.filter(({ removedReason = '' }) => memory.test(removedReason)).length;
  const advice =
    outOfMemory > 0
      ? 'That means out of memory, or killed by the system: give executors more memory (with Python, spark.executor.memoryOverhead too) or fewer cores.'
      : "The executors' own logs, on their worker, say why.";
  return [
    {
      kind: 'lost-executors',
      title: `${counted(lost.length, 'executor')} lost`,
      detail: `${counted(lost.length, 'executor')} of ${executors.length} went while the application ran, and with them what their tasks had made. The last one: ${sentence(last)} ${advice}`,
      figures: { lost: lost.length, executors: executors.length, outOfMemory },
    },
  ];
};

/** What Spark does by itself, such as with dynamic allocation, or was told to. */
const asked = /killed by driver|idle|decommission|request/i;
const memory = /code (?:137|52|143)\b|OutOfMemory|memory/i;

function sentence(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  const short = line.length > 200 ? `${line.slice(0, 199)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
