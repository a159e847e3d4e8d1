import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { terminalStates } from '../../server/protocol/states.ts';
import type { Command } from './services.ts';

export const clearJobs: Command = {
  id: 'sparkdeck.clearJobs',
  async run({ backend, deck }) {
    const states = [...terminalStates];
    const { batches } = await backend.request('batch/list', { limit: 1000, states });
    if (batches.length === 0) return;
    const remove = l10n.t('Remove');
    const choice = await vscode.window.showWarningMessage(
      l10n.t('Remove {0} ended jobs with their output?', batches.length),
      { modal: true },
      remove,
    );
    if (choice !== remove) return;
    await vscode.window.withProgress({ location: { viewId: 'sparkdeck.jobs' } }, async () => {
      for (const { id } of batches) await backend.request('batch/remove', { id });
    });
    await deck.refresh();
  },
};
