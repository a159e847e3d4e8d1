import * as vscode from 'vscode';
import { changedNodes } from './changedNodes.ts';
import { spoken, type TreeNode } from './treeNode.ts';

/**
 * Shows nodes in a view. The elements that VS Code handles are the nodes' ids, so they stay the same from one drawing
 * to the next; what is behind an id comes from the latest nodes.
 */
export class NodeTree implements vscode.TreeDataProvider<string>, vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<string | undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  readonly #read: () => readonly TreeNode[];
  readonly #later: (node: TreeNode) => Promise<void>;
  readonly #more: (node: TreeNode) => Promise<string>;
  #roots: readonly TreeNode[] = [];
  readonly #nodes = new Map<string, TreeNode>();
  readonly #parents = new Map<string, string>();

  /**
   * @param later reads a node's children
   * @param more reads what a tooltip that goes on has besides, as Markdown
   */
  constructor(
    read: () => readonly TreeNode[],
    later: (node: TreeNode) => Promise<void>,
    more: (node: TreeNode) => Promise<string> = async () => '',
  ) {
    this.#read = read;
    this.#later = later;
    this.#more = more;
  }

  /** Draws again what has changed. */
  update(): void {
    const before = this.#roots;
    this.#take(this.#read());
    const changes = changedNodes(before, this.#roots);
    if (changes === 'all') this.#changes.fire(undefined);
    else for (const id of changes) this.#changes.fire(id);
  }

  node(id: string): TreeNode | undefined {
    return this.#nodes.get(id);
  }

  /** The roots of what is shown. */
  get nodes(): readonly TreeNode[] {
    return this.#roots;
  }

  getTreeItem(id: string): vscode.TreeItem {
    const node = this.#nodes.get(id);
    if (!node) return new vscode.TreeItem('');
    const item = new vscode.TreeItem(node.label, collapsibleState(node));
    item.id = id;
    if (node.description !== undefined) item.description = node.description;
    // Only one that isn't there yet is asked for when it is to be shown.
    if (node.tooltip !== undefined && !node.tooltipGoesOn)
      item.tooltip = new vscode.MarkdownString(node.tooltip);
    item.iconPath = new vscode.ThemeIcon(
      node.icon.id,
      node.icon.color === undefined ? undefined : new vscode.ThemeColor(node.icon.color),
    );
    item.contextValue = node.context;
    item.accessibilityInformation = { label: spoken(node) };
    if (node.command !== undefined) item.command = { command: node.command, title: node.label };
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, id: string): Promise<vscode.TreeItem> {
    const node = this.#nodes.get(id);
    if (node?.tooltip === undefined) return item;
    const more = await this.#more(node).catch(() => ''); // the rest is known without the backend
    item.tooltip = new vscode.MarkdownString(more === '' ? node.tooltip : `${node.tooltip}\n\n${more}`);
    return item;
  }

  async getChildren(id?: string): Promise<string[]> {
    if (id === undefined) return this.#roots.map(node => node.id);
    const node = this.#nodes.get(id);
    if (node?.children === 'later') {
      await this.#later(node);
      this.#take(this.#read());
    }
    const children = this.#nodes.get(id)?.children;
    return typeof children === 'object' ? children.map(node => node.id) : [];
  }

  getParent(id: string): string | undefined {
    return this.#parents.get(id);
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #take(roots: readonly TreeNode[]): void {
    this.#roots = roots;
    this.#nodes.clear();
    this.#parents.clear();
    const add = (node: TreeNode, parent: string | undefined): void => {
      this.#nodes.set(node.id, node);
      if (parent !== undefined) this.#parents.set(node.id, parent);
      if (typeof node.children === 'object') for (const child of node.children) add(child, node.id);
    };
    for (const root of roots) add(root, undefined);
  }
}

function collapsibleState({ children, open }: TreeNode): vscode.TreeItemCollapsibleState {
  if (children === undefined || children.length === 0) return vscode.TreeItemCollapsibleState.None;
  return open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}
