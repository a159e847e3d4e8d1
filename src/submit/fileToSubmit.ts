import { extname } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { SparkdeckError } from '../../server/protocol/errors.ts';

/** The file of an explorer row or of the active editor, saved. Throws SparkdeckError, vscode.CancellationError. */
export async function fileToSubmit(uri: vscode.Uri | undefined): Promise<vscode.Uri> {
  const wanted = uri ?? activeUri();
  if (!wanted) {
    throw new SparkdeckError(
      'file.missing',
      l10n.t('No file is open. Open a .py or .jar file, then submit it.'),
    );
  }
  const saved = await save(wanted);
  if (saved.scheme !== 'file') {
    throw new SparkdeckError(
      'file.kind',
      l10n.t(
        '{0} is not a file on this machine, so Spark cannot run it. Save it to a folder first.',
        saved.toString(true),
      ),
    );
  }
  if (!['.py', '.jar'].includes(extname(saved.fsPath).toLowerCase())) {
    throw new SparkdeckError(
      'file.kind',
      l10n.t('{0} is neither a .py nor a .jar file. Spark runs only these.', saved.fsPath),
    );
  }
  return saved;
}

/** A jar opens in no text editor, so the tab is asked too. */
function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}

async function save(uri: vscode.Uri): Promise<vscode.Uri> {
  const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri.toString());
  if (!document || (!document.isDirty && !document.isUntitled)) return uri;
  if (document.isUntitled) {
    const saved = await vscode.workspace.save(uri);
    if (saved) return saved;
    // Who turns the save dialog away doesn't want to hear that nothing was saved.
    throw new vscode.CancellationError();
  }
  if (await document.save()) return uri;
  throw new SparkdeckError(
    'file.missing',
    l10n.t(
      '{0} has changes that could not be saved, so nothing was submitted. Save it, then submit again.',
      uri.fsPath,
    ),
  );
}
