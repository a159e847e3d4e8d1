import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Batch } from '../../server/protocol/batch.ts';
import type { Requester } from '../backend/backend.ts';
import { matchItems, type Match, type MatchItem } from './matchItems.ts';

/** Lines of each stream. */
const limit = 100;
/** Milliseconds after the last key until the search begins. */
const pause = 200;

/** Asks for a text, lists the lines of a batch's output that hold it, and gives the chosen one. Throws vscode.CancellationError. */
export function pickMatch(backend: Requester, batch: Batch): Promise<Match> {
  const pick = vscode.window.createQuickPick<MatchItem & vscode.QuickPickItem>();
  pick.title = l10n.t('Search in the output of {0} (job {1})', batch.name, batch.id);
  pick.placeholder = l10n.t('A text; capital and small letters are the same');
  let searching = new AbortController();
  const search = async (query: string, { signal }: AbortController): Promise<void> => {
    try {
      await delay(pause, undefined, { signal });
      const found = await Promise.all(
        (['stdout', 'stderr'] as const).map(async stream => ({
          stream,
          result: await backend.request('log/search', { id: batch.id, stream, query, limit }, signal),
        })),
      );
      if (signal.aborted) return;
      const items = matchItems(found).map(item => ({
        ...item,
        kind: item.match ? vscode.QuickPickItemKind.Default : vscode.QuickPickItemKind.Separator,
        alwaysShow: true,
      }));
      pick.items = items.length > 0 ? items : [{ label: l10n.t('No line holds this.'), alwaysShow: true }];
      pick.busy = false;
    } catch (error) {
      if (signal.aborted) return;
      pick.busy = false;
      pick.items = [{ label: String(error), alwaysShow: true }];
    }
  };
  return new Promise((resolve, reject) => {
    pick.onDidChangeValue(query => {
      searching.abort();
      searching = new AbortController();
      pick.busy = query !== '';
      if (query === '') pick.items = [];
      else void search(query, searching);
    });
    pick.onDidAccept(() => {
      const match = pick.activeItems[0]?.match;
      if (!match) return;
      resolve(match);
      pick.hide();
    });
    pick.onDidHide(() => {
      searching.abort();
      pick.dispose();
      reject(new vscode.CancellationError());
    });
    pick.show();
  });
}
