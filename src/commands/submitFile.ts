import * as vscode from 'vscode';
import { activeFile, fileInEditor } from '../submit/fileToSubmit.ts';
import { submitFile } from '../submit/submitFile.ts';
import type { Command } from './services.ts';

/** From the editor's title, the palette and the views: what the editor shows. */
export const submitFileCommand: Command = {
  id: 'sparkdeck.submitFile',
  needsTrust: true,
  run: (services, uri) => submitFile(services, fileInEditor(asUri(uri)), 'now'),
};

export const submitFileWith: Command = {
  id: 'sparkdeck.submitFileWith',
  needsTrust: true,
  run: (services, uri) => submitFile(services, fileInEditor(asUri(uri)), 'ask'),
};

/** From the Explorer: the row that was clicked, whatever the editor shows. */
export const submitSelected: Command = {
  id: 'sparkdeck.submitSelected',
  needsTrust: true,
  run: (services, uri) => submitFile(services, asUri(uri) ?? activeFile(), 'now'),
};

export const submitSelectedWith: Command = {
  id: 'sparkdeck.submitSelectedWith',
  needsTrust: true,
  run: (services, uri) => submitFile(services, asUri(uri) ?? activeFile(), 'ask'),
};

const asUri = (arg: unknown): vscode.Uri | undefined => (arg instanceof vscode.Uri ? arg : undefined);
