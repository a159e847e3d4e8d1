import { join } from 'node:path';
import * as vscode from 'vscode';
import { lineAt } from '../log/lineAt.ts';
import { pickMatch } from '../log/pickMatch.ts';
import type { Command } from './services.ts';
import { anyBatch, batchOf } from './subjects.ts';

export const searchOutput: Command = {
  id: 'sparkdeck.searchOutput',
  async run(services, arg) {
    const batch = await batchOf(services, arg, anyBatch());
    const { stream, position } = await pickMatch(services.backend, batch);
    const file = join(batch.folder, `${stream}.log`);
    const line = await lineAt(file, position);
    const selection = new vscode.Range(line, 0, line, 0);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), { selection });
  },
};
