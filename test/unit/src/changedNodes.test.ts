import assert from 'node:assert/strict';
import { changedNodes } from '../../../src/tree/changedNodes.ts';
import type { TreeNode } from '../../../src/tree/treeNode.ts';

function node(id: string, rest: Partial<TreeNode> = {}): TreeNode {
  return { id, label: id, icon: { id: 'x' }, context: 'x', subject: { kind: 'note' }, ...rest };
}

const cases: [what: string, before: TreeNode[], now: TreeNode[], changes: readonly string[] | 'all'][] = [
  ['nothing', [node('a')], [node('a')], []],
  ['a row of its own', [node('a'), node('b')], [node('a'), node('b', { description: 'new' })], ['b']],
  ['a new root', [node('a')], [node('b'), node('a')], 'all'],
  ['another order', [node('a'), node('b')], [node('b'), node('a')], 'all'],
  [
    'a row deep down',
    [node('a', { children: [node('b', { children: [node('c'), node('d')] })] })],
    [node('a', { children: [node('b', { children: [node('c'), node('d', { label: 'new' })] })] })],
    ['d'],
  ],
  [
    'a new child',
    [node('a', { children: [node('b')] })],
    [node('a', { children: [node('b'), node('c')] })],
    ['a'],
  ],
  [
    'children that have been read',
    [node('a', { children: 'later' })],
    [node('a', { children: [node('b')] })],
    ['a'],
  ],
  ['the first child', [node('a', { children: [] })], [node('a', { children: [node('b')] })], ['a']],
  [
    'children that are still unread',
    [node('a', { children: 'later' })],
    [node('a', { children: 'later' })],
    [],
  ],
];

describe('what of a tree is drawn again', () => {
  for (const [what, before, now, changes] of cases) {
    it(what, () => assert.deepEqual(changedNodes(before, now), changes));
  }
});
