import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import type { Command } from './services.ts';
import { clusterOf } from './subjects.ts';

export const stopCluster: Command = {
  id: 'sparkdeck.stopCluster',
  async run(services, arg) {
    const { spec } = await clusterOf(services, arg, {
      placeholder: l10n.t('Which cluster is to be stopped?'),
      fits: ({ state }) => state === 'running' || state === 'starting',
      none: l10n.t('No cluster runs.'),
    });
    const stop = (force: boolean): Thenable<unknown> =>
      vscode.window.withProgress({ location: { viewId: 'sparkdeck.clusters' } }, () =>
        services.backend.request('cluster/stop', { name: spec.name, force }),
      );
    try {
      await stop(false);
    } catch (error) {
      if (!(error instanceof SparkdeckError) || error.code !== 'cluster.busy') throw error;
      const anyway = l10n.t('Kill Jobs and Stop');
      const choice = await vscode.window.showWarningMessage(
        l10n.t('Jobs still run on {0}.', spec.name),
        { modal: true, detail: error.message },
        anyway,
      );
      if (choice === anyway) await stop(true);
    }
  },
};
