import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { defaultDataFolder } from '../../server/client/dataFolder.ts';
import { settings } from '../settings/settings.ts';
import type { Command } from './services.ts';

/** The backend's own log, a file that outlives the window; without one, what this window has to say. */
export const showBackendLog: Command = {
  id: 'sparkdeck.showBackendLog',
  async run({ output }) {
    const file = join(settings.dataFolder() ?? defaultDataFolder(process.env), 'backend.log');
    if (existsSync(file)) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    else output.show();
  },
};
