import * as l10n from '@vscode/l10n';
import type { Batch, BatchProgress } from '../../server/protocol/batch.ts';
import { activeBatches, newestActive } from '../deck/batches.ts';
import { batchDescription, taskText } from '../tree/descriptions.ts';

export interface StatusText {
  text: string;
  tooltip: string;
  spoken: string;
}

/** "$(sync~spin) 2 running, 1 queued · word_count 3/10 tasks"; nothing when nothing runs or waits. */
export function statusText(
  batches: readonly Batch[],
  progress: ReadonlyMap<number, BatchProgress>,
  now: number,
): StatusText | undefined {
  const active = activeBatches(batches);
  const newest = newestActive(batches);
  if (!newest) return undefined;
  const tasks = taskText(progress.get(newest.id)?.tasks);
  const queued = active.filter(({ queuePosition }) => queuePosition !== undefined).length;
  const running = active.length - queued;
  const first = [
    ...(running > 0 ? [l10n.t('{0} running', running)] : []),
    ...(queued > 0 ? [l10n.t('{0} queued', queued)] : []),
  ].join(', ');
  const second = tasks === undefined ? newest.name : `${newest.name} ${tasks}`;
  return {
    text: `${running > 0 ? '$(sync~spin)' : '$(clock)'} ${first} · ${second}`,
    tooltip: active
      .map(batch => `${batch.name}: ${batchDescription(batch, progress.get(batch.id), now)}`)
      .join('\n'),
    spoken: l10n.t('Spark jobs: {0}, {1}', first, second),
  };
}
