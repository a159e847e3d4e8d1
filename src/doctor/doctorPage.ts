import * as vscode from 'vscode';
import { messageOf } from '../../server/protocol/errors.ts';
import type { Requester } from '../backend/backend.ts';
import { settings } from '../settings/settings.ts';
import { doctorText } from './doctorText.ts';

const scheme = 'sparkdeck-doctor';
const uri = vscode.Uri.from({ scheme, path: '/Sparkdeck Doctor.md' });

/** The doctor's report as a read-only document, looked up anew each time it is asked for. */
export class DoctorPage implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changes.event;
  readonly #backend: Requester;
  readonly #registration: vscode.Disposable;

  constructor(backend: Requester) {
    this.#backend = backend;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async show(): Promise<void> {
    this.#changes.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  async provideTextDocumentContent(): Promise<string> {
    try {
      return doctorText(await this.#backend.request('runtime/doctor', settings.runtime() ?? {}));
    } catch (error) {
      return messageOf(error);
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
  }
}
