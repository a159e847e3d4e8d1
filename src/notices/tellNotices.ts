import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Backend } from '../backend/backend.ts';

const toldKey = 'sparkdeck.toldNotices';
/** Older ones are forgotten: their backend has long left. */
const most = 50;

/** Shows what the backend has to tell of itself, as of a damaged database that it set aside: each once. */
export function tellNotices(
  backend: Backend,
  memento: vscode.Memento,
  output: vscode.LogOutputChannel,
): void {
  const tell = async (): Promise<void> => {
    const { notices, startedAt } = await backend.request('backend/status', {});
    const told = memento.get<string[]>(toldKey, []);
    const fresh = notices.filter(notice => !told.includes(key(startedAt, notice)));
    if (fresh.length === 0) return;
    await memento.update(toldKey, [...told, ...fresh.map(notice => key(startedAt, notice))].slice(-most));
    for (const notice of fresh) {
      output.warn(notice);
      void offer(notice);
    }
  };
  backend.events.on('state', state => {
    if (state === 'connected') void tell().catch((error: unknown) => output.warn(String(error)));
  });
}

async function offer(notice: string): Promise<void> {
  const showLog = l10n.t('Show Backend Log');
  const choice = await vscode.window.showWarningMessage(notice, showLog);
  if (choice === showLog) await vscode.commands.executeCommand('sparkdeck.showBackendLog');
}

const key = (startedAt: number, notice: string): string => `${startedAt} ${notice}`;
