import * as vscode from 'vscode';
import type { Deck } from '../deck/deck.ts';
import { clusterNodeId, clustersTree } from './clustersTree.ts';
import { NodeTree } from './nodeTree.ts';
import type { TreeNode } from './treeNode.ts';

/** How often a master is asked for its workers while they are shown; it has no events of its own. */
const lookAgain = 5_000;

/** The Clusters view: draws the deck's clusters, and tells the deck whose workers somebody looks at. */
export class ClustersView implements vscode.Disposable {
  readonly #deck: Deck;
  readonly #tree: NodeTree;
  readonly #view: vscode.TreeView<string>;
  readonly #folded = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(deck: Deck) {
    this.#deck = deck;
    this.#tree = new NodeTree(
      () => clustersTree({ clusters: deck.clusters, details: deck.details, now: Date.now() }),
      async ({ subject }) => {
        if (subject.kind === 'cluster') await deck.readDetail(subject.cluster.spec.name);
      },
    );
    this.#view = vscode.window.createTreeView('sparkdeck.clusters', { treeDataProvider: this.#tree });
    this.#view.onDidChangeVisibility(() => this.#attend());
    this.#view.onDidExpandElement(({ element }) => this.#fold(element, false));
    this.#view.onDidCollapseElement(({ element }) => this.#fold(element, true));
    deck.events.on('clusters', () => {
      this.#tree.update();
      this.#attend();
    });
    this.#timer = setInterval(() => {
      for (const name of this.#shown()) void deck.readDetail(name).catch(() => undefined);
    }, lookAgain);
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

  /** Selects a cluster's row and unfolds it, when the view is open. */
  async reveal(name: string): Promise<void> {
    const id = clusterNodeId(name);
    if (!this.#view.visible || !this.#tree.node(id)) return;
    await this.#view.reveal(id, { select: true, focus: false, expand: true });
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#view.dispose();
    this.#tree.dispose();
  }

  #fold(id: string, folded: boolean): void {
    const subject = this.#tree.node(id)?.subject;
    if (subject?.kind !== 'cluster') return;
    if (folded) this.#folded.add(subject.cluster.spec.name);
    else this.#folded.delete(subject.cluster.spec.name);
    this.#attend();
  }

  /** Running clusters are unfolded until somebody folds them. */
  #shown(): Set<string> {
    if (!this.#view.visible) return new Set();
    const running = this.#deck.clusters
      .filter(({ state }) => state === 'running')
      .map(({ spec }) => spec.name);
    return new Set(running.filter(name => !this.#folded.has(name)));
  }

  #attend(): void {
    this.#deck.attend({ shownClusters: this.#shown() });
  }
}
