import * as vscode from 'vscode';
import type { Batch } from '../../server/protocol/batch.ts';
import type { Services } from '../commands/services.ts';
import { tellEnd } from './endNotices.ts';

/** When a job has ended that is this window's concern: its errors go to Problems, and the user hears of it. */
export function followEnds({ deck, problems, output }: Services): vscode.Disposable {
  const ended = (batch: Batch): void => {
    if (!isOfThisWindow(batch)) return;
    const log = (error: unknown): void => output.warn(`Job ${batch.id} has ended: ${String(error)}`);
    if (batch.state !== 'killed') problems.show(batch).catch(log);
    tellEnd(batch).catch(log);
  };
  deck.events.on('ended', ended);
  return new vscode.Disposable(() => deck.events.off('ended', ended));
}

/** A backend serves several windows: each tells of the files that are open in it. */
function isOfThisWindow({ request }: Batch): boolean {
  const uri = vscode.Uri.file(request.file);
  return (
    vscode.workspace.getWorkspaceFolder(uri) !== undefined ||
    vscode.workspace.textDocuments.some(document => document.uri.fsPath === uri.fsPath)
  );
}
