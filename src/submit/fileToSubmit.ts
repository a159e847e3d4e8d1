import { extname } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import { shownFile } from './shownFile.ts';

/** A file that Spark can run, saved. Throws SparkdeckError, vscode.CancellationError. */
export async function fileToSubmit(wanted: vscode.Uri | undefined): Promise<vscode.Uri> {
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

/**
 * What the editor shows at this moment.
 * @param carried the file that a title button names, which may be one that was shown before
 */
export function fileInEditor(carried: vscode.Uri | undefined): vscode.Uri | undefined {
  const active = activeFile();
  const { all, activeTabGroup } = vscode.window.tabGroups;
  const others = all.filter(group => group !== activeTabGroup).map(group => fileOf(group.activeTab));
  const everyGroupHasButtons = vscode.workspace
    .getConfiguration('workbench.editor')
    .get('alwaysShowEditorActions', false);
  const shown = shownFile(
    carried?.toString(),
    { active: active?.toString(), others: others.map(uri => uri?.toString()) },
    everyGroupHasButtons,
  );
  return shown !== undefined && shown === carried?.toString() ? carried : active;
}

/** A jar opens in no text editor, so the tab is asked too. */
export function activeFile(): vscode.Uri | undefined {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  return fileOf(activeTab) ?? vscode.window.activeTextEditor?.document.uri;
}

function fileOf(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom
    ? input.uri
    : undefined;
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
