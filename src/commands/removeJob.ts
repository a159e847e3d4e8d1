import * as l10n from '@vscode/l10n';
import { isTerminal } from '../../server/protocol/states.ts';
import type { Command } from './services.ts';
import { batchOf } from './subjects.ts';

export const removeJob: Command = {
  id: 'sparkdeck.removeJob',
  async run(services, arg) {
    const { id } = await batchOf(services, arg, {
      placeholder: l10n.t('Which job is to be removed, with its output?'),
      fits: ({ state }) => isTerminal(state),
      none: l10n.t('No job has ended yet.'),
    });
    await services.backend.request('batch/remove', { id });
    await services.deck.refresh();
  },
};
