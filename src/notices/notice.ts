import * as l10n from '@vscode/l10n';
import type { Batch } from '../../server/protocol/batch.ts';
import type { BatchState } from '../../server/protocol/states.ts';
import { duration, firstLine } from '../tree/descriptions.ts';

export type NoticePolicy = 'never' | 'failure' | 'always';

export interface Notice {
  level: 'information' | 'error';
  message: string;
}

/** The terminal states that each policy tells of. Who kills a job knows that it ended. */
const told: Record<NoticePolicy, readonly BatchState[]> = {
  never: [],
  failure: ['dead'],
  always: ['dead', 'success'],
};

/** What to say when a batch has ended, if anything. */
export function endNotice(batch: Batch, policy: NoticePolicy): Notice | undefined {
  if (!told[policy].includes(batch.state)) return undefined;
  if (batch.state === 'dead') {
    const reason = firstLine(batch.reason ?? l10n.t('no reason known'), 200);
    return { level: 'error', message: l10n.t('{0} failed: {1}', batch.name, reason) };
  }
  const took = duration(batch);
  return {
    level: 'information',
    message:
      took === undefined
        ? l10n.t('{0} succeeded.', batch.name)
        : l10n.t('{0} succeeded in {1}.', batch.name, took),
  };
}
