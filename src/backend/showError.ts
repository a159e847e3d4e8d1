import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { messageOf, SparkdeckError } from '../../server/protocol/errors.ts';
import { errorActions, type ErrorAction } from './errorActions.ts';

/** Tells the user of a failure, with the commands that help. A cancellation is not a failure. */
export function showError(failure: unknown, log: vscode.LogOutputChannel): void {
  if (failure instanceof vscode.CancellationError) return;
  if (failure instanceof SparkdeckError) {
    if (failure.code === 'request.cancelled') return;
    log.error(`${failure.code}: ${failure.message}`);
    void offer(failure.message, errorActions(failure.code));
  } else {
    log.error(failure instanceof Error ? failure : String(failure));
    void offer(messageOf(failure), errorActions('internal'));
  }
}

async function offer(message: string, actions: readonly ErrorAction[]): Promise<void> {
  const titles = actions.map(titleOf);
  const chosen = await vscode.window.showErrorMessage(message, ...titles);
  const action = actions.find(each => titleOf(each) === chosen);
  if (action) await vscode.commands.executeCommand(...commandOf[action]);
}

const commandOf: Record<ErrorAction, [string, ...string[]]> = {
  installSpark: ['sparkdeck.installSpark'],
  doctor: ['sparkdeck.doctor'],
  startCluster: ['sparkdeck.startCluster'],
  showBackendLog: ['sparkdeck.showBackendLog'],
  openSettings: ['workbench.action.openSettings', 'sparkdeck'],
};

function titleOf(action: ErrorAction): string {
  return {
    installSpark: l10n.t('Install Spark'),
    doctor: l10n.t('Doctor'),
    startCluster: l10n.t('Start a Cluster'),
    showBackendLog: l10n.t('Show Backend Log'),
    openSettings: l10n.t('Open Settings'),
  }[action];
}
