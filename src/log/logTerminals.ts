import * as vscode from 'vscode';
import type { Batch } from '../../server/protocol/batch.ts';
import type { Requester } from '../backend/backend.ts';
import { settings, touches } from '../settings/settings.ts';
import { LogTerminal } from './logTerminal.ts';

/** The open log terminals, one for each batch at most. */
export class LogTerminals implements vscode.Disposable {
  readonly #backend: Requester;
  readonly #open = new Map<number, { terminal: vscode.Terminal; log: LogTerminal }>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(backend: Requester) {
    this.#backend = backend;
    this.#subscriptions = [
      vscode.window.onDidCloseTerminal(closed => {
        for (const [id, { terminal }] of this.#open) if (terminal === closed) this.#open.delete(id);
      }),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (touches(event, 'log.showSparkLog')) for (const { log } of this.#open.values()) log.redraw();
      }),
    ];
  }

  show(batch: Batch, options: { focus: boolean }): void {
    const known = this.#open.get(batch.id);
    if (known) return known.terminal.show(!options.focus);
    const log = new LogTerminal({
      backend: this.#backend,
      batch: () => Promise.resolve(batch),
      sparkLog: settings.sparkLog,
      ownsBatch: false,
    });
    const terminal = vscode.window.createTerminal({
      // The number first: a narrow list of terminals cuts the end off.
      name: `#${batch.id} ${batch.name}`,
      pty: log,
      iconPath: new vscode.ThemeIcon('zap'),
      isTransient: true,
    });
    this.#open.set(batch.id, { terminal, log });
    terminal.show(!options.focus);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { terminal } of this.#open.values()) terminal.dispose();
  }
}
