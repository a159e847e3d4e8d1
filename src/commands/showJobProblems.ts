import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Command } from './services.ts';
import { batchOf } from './subjects.ts';

export const showJobProblems: Command = {
  id: 'sparkdeck.showJobProblems',
  async run(services, arg) {
    const batch = await batchOf(services, arg, {
      placeholder: l10n.t("Which job's errors?"),
      fits: ({ state }) => state === 'dead',
      none: l10n.t('No job has failed.'),
    });
    const count = await services.problems.show(batch);
    if (count > 0) await vscode.commands.executeCommand('workbench.actions.view.problems');
    else {
      void vscode.window.showInformationMessage(
        l10n.t('The output of {0} names no line of a file. Its log says more.', batch.name),
      );
    }
  },
};
