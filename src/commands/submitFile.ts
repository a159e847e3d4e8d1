import * as vscode from 'vscode';
import { submitFile } from '../submit/submitFile.ts';
import type { Command } from './services.ts';

export const submitFileCommand: Command = {
  id: 'sparkdeck.submitFile',
  needsTrust: true,
  run: (services, uri) => submitFile(services, asUri(uri), 'now'),
};

export const submitFileWith: Command = {
  id: 'sparkdeck.submitFileWith',
  needsTrust: true,
  run: (services, uri) => submitFile(services, asUri(uri), 'ask'),
};

const asUri = (arg: unknown): vscode.Uri | undefined => (arg instanceof vscode.Uri ? arg : undefined);
