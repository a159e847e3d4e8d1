import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Deck } from '../deck/deck.ts';
import { statusText } from './statusText.ts';

/** The one status-bar item: made when the first job runs, hidden when none does. */
export class StatusItem implements vscode.Disposable {
  #item: vscode.StatusBarItem | undefined;

  constructor(deck: Deck) {
    deck.events.on('batches', () => this.#show(deck));
  }

  dispose(): void {
    this.#item?.dispose();
  }

  #show({ batches, progress }: Deck): void {
    const status = statusText(batches, progress, Date.now());
    if (!status) return this.#item?.hide();
    this.#item ??= newItem();
    this.#item.text = status.text;
    this.#item.tooltip = status.tooltip;
    this.#item.accessibilityInformation = { label: status.spoken };
    this.#item.show();
  }
}

function newItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem('sparkdeck.jobs', vscode.StatusBarAlignment.Left);
  item.name = l10n.t('Spark jobs');
  item.command = 'sparkdeck.showJobs';
  return item;
}
