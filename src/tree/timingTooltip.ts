import * as l10n from '@vscode/l10n';
import type { BatchTiming, StartWay, TimingStep } from '../../server/protocol/timing.ts';
import { waterfall } from '../../server/protocol/waterfall.ts';
import { formatDuration } from '../format/duration.ts';
import { escapeMarkdown } from '../format/markdown.ts';

/** Characters. */
const barWidth = 16;

/** How a batch's driver was started and where its time went, as Markdown. */
export function timingTooltip({ way, steps }: BatchTiming): string {
  const rows = waterfall(steps, barWidth).map(
    ({ step, since, took, bar }) =>
      `| ${escapeMarkdown(stepName(step, way))} | ${duration(since)} | ${duration(took)} | ${kept(bar)} |`,
  );
  const head = `| | ${l10n.t('after')} | ${l10n.t('took')} | |`;
  return [
    ...(way ? [escapeMarkdown(wayText(way))] : []),
    [head, '|:--|--:|--:|:--|', ...rows].join('\n'),
  ].join('\n\n');
}

function wayText({ kind, archive, why }: StartWay): string {
  if (kind === 'warm') return l10n.t('Started in a warm driver');
  if (kind === 'direct') {
    const cold = why ?? l10n.t('no driver was ready for it');
    return archive
      ? l10n.t('Started directly, with an archive of classes; not warm: {0}', cold)
      : l10n.t('Started directly, without an archive of classes; not warm: {0}', cold);
  }
  return why === undefined ? l10n.t('Started by spark-submit') : l10n.t('Started by spark-submit: {0}', why);
}

function stepName(step: TimingStep['step'], way: StartWay | undefined): string {
  if (step === 'launched' && way?.kind === 'warm') return l10n.t('taken by the driver');
  return {
    accepted: l10n.t('accepted'),
    launched: l10n.t('process started'),
    submitted: l10n.t('JVM ready'),
    context: l10n.t('SparkContext begun'),
    contextUp: l10n.t('SparkContext up'),
    executor: l10n.t('first executor'),
    firstTask: l10n.t('first task begun'),
    lastTask: l10n.t('last task done'),
    contextEnd: l10n.t('SparkContext stopping'),
    exit: l10n.t('process ended'),
    told: l10n.t('end written down'),
  }[step];
}

const duration = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? '' : escapeMarkdown(formatDuration(milliseconds));

/** In a font of letters of many widths a blank isn't as wide as a block; all blocks are. */
const kept = (bar: string): string => bar.replaceAll(' ', '░');
