import * as l10n from '@vscode/l10n';
import type { Batch, BatchProgress } from '../../server/protocol/batch.ts';
import { activeBatches } from '../deck/batches.ts';
import { batchDescription, taskText } from '../tree/descriptions.ts';

export interface StatusText {
  text: string;
  tooltip: string;
  spoken: string;
}

/** "$(sync~spin) 2 running · word_count 3/10 tasks"; nothing when nothing runs. */
export function statusText(
  batches: readonly Batch[],
  progress: ReadonlyMap<number, BatchProgress>,
  now: number,
): StatusText | undefined {
  const active = activeBatches(batches);
  const newest = active[0];
  if (!newest) return undefined;
  const tasks = taskText(progress.get(newest.id)?.tasks);
  const first = l10n.t('{0} running', active.length);
  const second = tasks === undefined ? newest.name : `${newest.name} ${tasks}`;
  return {
    text: `$(sync~spin) ${first} · ${second}`,
    tooltip: active
      .map(batch => `${batch.name}: ${batchDescription(batch, progress.get(batch.id), now)}`)
      .join('\n'),
    spoken: l10n.t('Spark jobs: {0}, {1}', first, second),
  };
}
