import * as vscode from 'vscode';
import { messageOf } from '../../server/protocol/errors.ts';
import type { Settings } from '../../server/protocol/settings.ts';
import type { Backend } from '../backend/backend.ts';
import { coalesced } from '../deck/coalesced.ts';
import { settings, touches } from './settings.ts';
import { sharedSettings } from './sharedSettings.ts';

/** Tells the backend how jobs are run and how long they are kept, as far as the user has set it in the editor. */
export function sendSharedSettings(backend: Backend, output: vscode.LogOutputChannel): vscode.Disposable {
  let before: Settings = {};
  const send = coalesced(async () => {
    const wanted = settings.shared();
    if (backend.state !== 'connected' || Object.keys({ ...before, ...wanted }).length === 0) return;
    const next = sharedSettings(await backend.request('settings/get', {}), before, wanted);
    if (next) await backend.request('settings/set', next);
    before = wanted;
  });
  const quietly = (): void =>
    void send().catch((error: unknown) =>
      output.warn(`The settings were not taken over: ${messageOf(error)}`),
    );
  backend.events.on('state', state => {
    if (state === 'connected') quietly();
  });
  return vscode.workspace.onDidChangeConfiguration(event => {
    if (touches(event, 'maxRunning', 'history', 'start')) quietly();
  });
}
