import * as vscode from 'vscode';
import type { Services } from '../commands/services.ts';

/** Connects when one of the views is first seen, with progress in the view; a failure is told by the view itself. */
export function connectWhenVisible({
  backend,
  deck,
  clustersView,
  jobsView,
  output,
}: Services): vscode.Disposable {
  const connect = (): void => {
    if (backend.state !== 'idle' || !(clustersView.visible || jobsView.visible)) return;
    // Without trust only a backend that runs already is asked.
    const reading = vscode.workspace.isTrusted ? deck.refresh() : backend.connectIfRunning();
    reading.catch((error: unknown) => output.warn(String(error)));
    const viewId = clustersView.visible ? 'sparkdeck.clusters' : 'sparkdeck.jobs';
    void vscode.window.withProgress({ location: { viewId } }, () => reading.catch(() => undefined));
  };
  deck.events.on('failed', error => output.warn(String(error)));
  connect();
  return vscode.Disposable.from(
    clustersView.onDidChangeVisibility(connect),
    jobsView.onDidChangeVisibility(connect),
    vscode.workspace.onDidGrantWorkspaceTrust(connect),
  );
}
