import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Command } from './services.ts';
import { anyBatch, batchOf } from './subjects.ts';

export const openOutputFile: Command = {
  id: 'sparkdeck.openOutputFile',
  async run(services, arg) {
    const { folder } = await batchOf(services, arg, anyBatch());
    await openFile(join(folder, 'stdout.log'));
  },
};

export const openSparkLogFile: Command = {
  id: 'sparkdeck.openSparkLogFile',
  async run(services, arg) {
    const { folder } = await batchOf(services, arg, anyBatch());
    await openFile(join(folder, 'stderr.log'));
  },
};

export const openJobFile: Command = {
  id: 'sparkdeck.openJobFile',
  async run(services, arg) {
    const { request } = await batchOf(services, arg, anyBatch());
    await openFile(request.file);
  },
};

async function openFile(path: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
}
