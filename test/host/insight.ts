import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Insight } from '../../src/extension.ts';
import type { TreeNode } from '../../src/tree/treeNode.ts';

export interface Manifest {
  contributes: { commands: { command: string; enablement?: string }[] };
}

/** The extension, as VS Code has activated it. */
export async function activated(): Promise<{ insight: Insight; manifest: Manifest }> {
  const extension = vscode.extensions.getExtension<Insight>('sparkdeck.sparkdeck');
  assert.ok(extension, 'The extension is not there.');
  const insight = await extension.activate();
  return { insight, manifest: extension.packageJSON };
}

/** Rows as they read, for what a test waits for: the label and the grey text. */
export function rows(nodes: readonly TreeNode[]): string[] {
  return nodes.flatMap(({ label, description, children }) => [
    `${label} ${description ?? ''}`,
    ...(typeof children === 'object' ? rows(children) : []),
  ]);
}

/** Looks until it is so. Trees change when the backend says so; a test has no other way to see it. */
export async function until(what: string, isSo: () => boolean, limit = 180_000): Promise<void> {
  for (const end = Date.now() + limit; !isSo();) {
    if (Date.now() > end) throw new Error(`Not within ${limit / 1000} s: ${what}`);
    await new Promise(resolve => {
      setTimeout(resolve, 50);
    });
  }
}
