import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Batch } from '../../server/protocol/batch.ts';
import type { Cluster } from '../../server/protocol/cluster.ts';
import { batchDescription } from '../tree/descriptions.ts';
import { batchIcon, clusterIcon } from '../tree/icons.ts';
import type { Subject } from '../tree/treeNode.ts';
import type { Services } from './services.ts';

/** The row that a command was called on. Rows are handed over by their ids. */
export function subjectOf({ clustersView, jobsView }: Services, arg: unknown): Subject | undefined {
  if (typeof arg !== 'string') return undefined;
  return (jobsView.node(arg) ?? clustersView.node(arg))?.subject;
}

/** The batch of a row, or of a number, or one that is picked from those that will do. Throws vscode.CancellationError. */
export async function batchOf(
  services: Services,
  arg: unknown,
  question: { placeholder: string; fits: (batch: Batch) => boolean; none: string },
): Promise<Batch> {
  const { deck, backend } = services;
  const subject = subjectOf(services, arg);
  if (subject && 'batch' in subject) return subject.batch;
  if (typeof arg === 'number') return deck.batch(arg) ?? backend.request('batch/get', { id: arg });
  await deck.refresh();
  return pickOne(
    deck.batches.filter(question.fits).map(batch => ({
      label: batch.name,
      description: batchDescription(batch, deck.progress.get(batch.id), Date.now()),
      iconPath: new vscode.ThemeIcon(batchIcon(batch).id.replace('~spin', '')),
      value: batch,
    })),
    question,
  );
}

/** The cluster of a row, or one that is picked from those that will do. Throws vscode.CancellationError. */
export async function clusterOf(
  services: Services,
  arg: unknown,
  question: { placeholder: string; fits: (cluster: Cluster) => boolean; none: string },
): Promise<Cluster> {
  const subject = subjectOf(services, arg);
  if (subject?.kind === 'cluster') return subject.cluster;
  await services.deck.refresh();
  return pickOne(
    services.deck.clusters.filter(question.fits).map(cluster => ({
      label: cluster.spec.name,
      iconPath: new vscode.ThemeIcon(clusterIcon(cluster).id.replace('~spin', '')),
      value: cluster,
    })),
    question,
  );
}

export const anyBatch = (): { placeholder: string; fits: () => boolean; none: string } => ({
  placeholder: l10n.t('Which job?'),
  fits: () => true,
  none: l10n.t('There are no jobs yet.'),
});

async function pickOne<T>(
  items: readonly (vscode.QuickPickItem & { value: T })[],
  question: { placeholder: string; none: string },
): Promise<T> {
  const [only, other] = items;
  if (!only) {
    void vscode.window.showInformationMessage(question.none);
    throw new vscode.CancellationError();
  }
  if (!other) return only.value;
  const picked = await vscode.window.showQuickPick(items, { placeHolder: question.placeholder });
  if (!picked) throw new vscode.CancellationError();
  return picked.value;
}
