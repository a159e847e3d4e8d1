import type { TreeNode } from './treeNode.ts';

/**
 * The ids of the nodes to draw again so that the tree shows `now` where it showed `before`: the smallest ones, so that
 * selection and scrolling stay put. `all` when the roots themselves are others.
 */
export function changedNodes(
  before: readonly TreeNode[],
  now: readonly TreeNode[],
): readonly string[] | 'all' {
  if (!sameIds(before, now)) return 'all';
  return now.flatMap((node, index) => {
    const old = before[index];
    return old ? changesWithin(old, node) : [];
  });
}

function changesWithin(before: TreeNode, now: TreeNode): readonly string[] {
  if (row(before) !== row(now)) return [now.id];
  if (typeof before.children !== 'object' || typeof now.children !== 'object') return [];
  const changes = changedNodes(before.children, now.children);
  return changes === 'all' ? [now.id] : changes;
}

function sameIds(some: readonly TreeNode[], others: readonly TreeNode[]): boolean {
  return some.length === others.length && some.every((node, index) => node.id === others[index]?.id);
}

/** All that a row shows. A node is drawn again as well when it becomes a leaf, or when its children become known. */
function row({ label, description, tooltip, icon, context, children }: TreeNode): string {
  const kind =
    children === undefined || children.length === 0 ? 'leaf' : children === 'later' ? 'later' : 'known';
  return JSON.stringify([label, description, tooltip, icon, context, kind]);
}
