import * as l10n from '@vscode/l10n';
import { isTerminal } from '../../server/protocol/states.ts';
import type { Command } from './services.ts';
import { batchOf } from './subjects.ts';

export const killJob: Command = {
  id: 'sparkdeck.killJob',
  async run(services, arg) {
    const { id } = await batchOf(services, arg, {
      placeholder: l10n.t('Which job is to be killed?'),
      fits: ({ state }) => !isTerminal(state),
      none: l10n.t('No job runs.'),
    });
    services.deck.put(await services.backend.request('batch/kill', { id }));
  },
};
