import type { BatchTiming, StartWay, TimingStep } from '../../../protocol/timing.ts';
import { waterfall, type WaterfallRow } from '../../../protocol/waterfall.ts';
import { plain, type Paint } from '../output.ts';
import { formatTable, type Column } from './table.ts';
import { formatDuration } from './time.ts';

/** Characters. */
const narrowest = 10;
const widest = 60;

/**
 * How the driver was started, and where the batch's time went: a line for each step with the time from the submit on,
 * that from the step before on, and a bar.
 * @param terminalWidth in characters
 */
export function formatTiming({ way, steps }: BatchTiming, terminalWidth: number, paint: Paint): string {
  const textsOf = ({ step, since, took }: WaterfallRow): string[] => [
    way?.kind === 'warm' && step === 'launched' ? 'taken by the driver' : stepNames[step],
    precise(since),
    took === undefined ? '' : precise(took),
  ];
  const texts = formatTable(columns, waterfall(steps, widest).map(textsOf), plain).split('\n');
  const room = terminalWidth - Math.max(...texts.map(line => line.length)) - '  '.length;
  const rows = waterfall(steps, Math.min(widest, Math.max(narrowest, room)));
  const drawing = formatTable(
    [...columns, { title: '' }],
    rows.map(row => [...textsOf(row), paint('cyan', row.bar)]),
    paint,
  );
  return way ? `${formatWay(way)}\n\n${drawing}` : drawing;
}

/** "Started directly, with an archive of classes; not warm: it has jars". */
function formatWay({ kind, archive, why }: StartWay): string {
  if (kind === 'warm') return 'Started in a warm driver';
  if (kind === 'plain') return `Started by spark-submit${why === undefined ? '' : `: ${why}`}`;
  const classes = archive ? 'with an archive of classes' : 'without an archive of classes';
  return `Started directly, ${classes}; not warm: ${why ?? 'no driver was ready for it'}`;
}

const columns: Column[] = [
  { title: 'STEP' },
  { title: 'AFTER', align: 'right' },
  { title: 'TOOK', align: 'right' },
];

const stepNames: Record<TimingStep['step'], string> = {
  accepted: 'accepted',
  launched: 'process started',
  submitted: 'JVM ready',
  context: 'SparkContext begun',
  contextUp: 'SparkContext up',
  executor: 'first executor',
  firstTask: 'first task begun',
  lastTask: 'last task done',
  contextEnd: 'SparkContext stopping',
  exit: 'process ended',
  told: 'end written down',
};

/** To the millisecond: steps are often short. */
function precise(milliseconds: number): string {
  return milliseconds < 60_000 ? `${(milliseconds / 1000).toFixed(3)} s` : formatDuration(milliseconds);
}
