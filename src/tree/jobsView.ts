import * as vscode from 'vscode';
import type { Batch } from '../../server/protocol/batch.ts';
import { isTerminal } from '../../server/protocol/states.ts';
import type { Deck } from '../deck/deck.ts';
import { batchNodeId, jobsTree } from './jobsTree.ts';
import { NodeTree } from './nodeTree.ts';
import { timingTooltip } from './timingTooltip.ts';
import type { TreeNode } from './treeNode.ts';

/** The Jobs view: draws the deck's batches, and tells the deck which of them somebody looks at. */
export class JobsView implements vscode.Disposable {
  readonly #deck: Deck;
  readonly #tree: NodeTree;
  readonly #view: vscode.TreeView<string>;
  readonly #unfolded = new Set<number>();

  constructor(deck: Deck) {
    this.#deck = deck;
    this.#tree = new NodeTree(
      () => jobsTree({ ...pick(deck), now: Date.now() }),
      async ({ subject }) => {
        if (subject.kind === 'batch') await deck.readProgress(subject.batch.id);
      },
      async ({ subject }) =>
        subject.kind === 'batch' ? timingTooltip(await deck.readTiming(subject.batch.id)) : '',
    );
    this.#view = vscode.window.createTreeView('sparkdeck.jobs', { treeDataProvider: this.#tree });
    this.#view.onDidChangeVisibility(() => this.#attend());
    this.#view.onDidExpandElement(({ element }) => this.#fold(element, false));
    this.#view.onDidCollapseElement(({ element }) => this.#fold(element, true));
    deck.events.on('batches', () => {
      this.#tree.update();
      const running = deck.batches.filter(batch => !isTerminal(batch.state)).length;
      this.#view.badge = running > 0 ? { value: running, tooltip: '' } : undefined;
    });
    this.#attend();
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  readonly onDidChangeVisibility = (listener: () => void): vscode.Disposable =>
    this.#view.onDidChangeVisibility(listener);

  get nodes(): readonly TreeNode[] {
    return this.#tree.nodes;
  }

  node(id: string): TreeNode | undefined {
    return this.#tree.node(id);
  }

  /** Selects a batch's row, and unfolds it. The view is opened for it. */
  async reveal(batch: Batch, options: { focus: boolean }): Promise<void> {
    if (!this.#tree.node(batchNodeId(batch.id))) return;
    await this.#view.reveal(batchNodeId(batch.id), { select: true, focus: options.focus });
  }

  dispose(): void {
    this.#view.dispose();
    this.#tree.dispose();
  }

  #fold(id: string, folded: boolean): void {
    const subject = this.#tree.node(id)?.subject;
    if (subject?.kind !== 'batch') return;
    if (folded) this.#unfolded.delete(subject.batch.id);
    else this.#unfolded.add(subject.batch.id);
    this.#attend();
  }

  #attend(): void {
    this.#deck.attend({ jobsVisible: this.#view.visible, unfoldedBatches: new Set(this.#unfolded) });
  }
}

function pick({
  batches,
  progress,
  hints,
  total,
}: Deck): Pick<Deck, 'batches' | 'progress' | 'hints' | 'total'> {
  return { batches, progress, hints, total };
}
