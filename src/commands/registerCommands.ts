import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import { showError } from '../backend/showError.ts';
import { commandTable } from './commandTable.ts';
import type { Command, Services } from './services.ts';

/** Registers the table. A command's failure becomes a message to the user, in this one place. */
export function registerCommands(services: Services): vscode.Disposable {
  return vscode.Disposable.from(
    ...commandTable.map(command =>
      vscode.commands.registerCommand(command.id, (...args: unknown[]) => run(services, command, args)),
    ),
  );
}

async function run(services: Services, command: Command, args: unknown[]): Promise<void> {
  try {
    if (command.needsTrust && !vscode.workspace.isTrusted) throw notTrusted();
    await command.run(services, ...args);
  } catch (error) {
    showError(error, services.output);
  }
}

export function notTrusted(): SparkdeckError {
  return new SparkdeckError(
    'request.invalid',
    l10n.t(
      'This workspace is not trusted, so nothing of it is run. Trust it by the command "Workspaces: Manage Workspace Trust".',
    ),
  );
}
