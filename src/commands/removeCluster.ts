import * as l10n from '@vscode/l10n';
import type { Command } from './services.ts';
import { clusterOf } from './subjects.ts';

export const removeCluster: Command = {
  id: 'sparkdeck.removeCluster',
  async run(services, arg) {
    const { spec } = await clusterOf(services, arg, {
      placeholder: l10n.t('Which cluster is to be taken off the list?'),
      fits: ({ state }) => state === 'stopped' || state === 'failed',
      none: l10n.t('No cluster is stopped.'),
    });
    await services.backend.request('cluster/remove', { name: spec.name });
    await services.deck.refresh();
  },
};
