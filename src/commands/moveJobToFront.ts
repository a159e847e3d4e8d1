import * as l10n from '@vscode/l10n';
import type { Command } from './services.ts';
import { batchOf } from './subjects.ts';

export const moveJobToFront: Command = {
  id: 'sparkdeck.moveJobToFront',
  async run(services, arg) {
    const { id } = await batchOf(services, arg, {
      placeholder: l10n.t('Which job is to be started next?'),
      fits: ({ queuePosition }) => queuePosition !== undefined && queuePosition > 1,
      none: l10n.t('No job waits behind another.'),
    });
    services.deck.put(await services.backend.request('batch/move', { id, position: 1 }));
  },
};
