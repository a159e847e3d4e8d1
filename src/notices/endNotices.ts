import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Batch } from '../../server/protocol/batch.ts';
import { settings } from '../settings/settings.ts';
import { endNotice } from './notice.ts';

/** Tells that a batch has ended, as far as the setting wants it. */
export async function tellEnd(batch: Batch): Promise<void> {
  const notice = endNotice(batch, settings.notifyOnEnd());
  if (!notice) return;
  const openLog = l10n.t('Open Log');
  const rerun = l10n.t('Rerun');
  const show =
    notice.level === 'error' ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
  const choice = await show(notice.message, openLog, rerun);
  if (choice === openLog) await vscode.commands.executeCommand('sparkdeck.openLog', batch.id);
  if (choice === rerun) await vscode.commands.executeCommand('sparkdeck.rerunJob', batch.id);
}
