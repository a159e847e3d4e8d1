import type { TreeNode } from '../../../src/tree/treeNode.ts';

/** A tree as it reads on the screen: the icon, the label, the grey text; what is folded away too. */
export function treeText(nodes: readonly TreeNode[], indent = ''): string {
  return nodes
    .map(({ icon, label, description, children }) => {
      const row = `${indent}(${icon.id}) ${label}${description === undefined ? '' : ` — ${description}`}`;
      if (children === undefined) return row;
      return children === 'later'
        ? `${row}\n${indent}  …`
        : [row, treeText(children, `${indent}  `)].filter(Boolean).join('\n');
    })
    .join('\n');
}
