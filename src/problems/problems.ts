import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Batch, Problem } from '../../server/protocol/batch.ts';
import type { Requester } from '../backend/backend.ts';
import { bestMatch, problemFile } from './problemFile.ts';

/** The errors of ended batches in the Problems panel. Those of one submitted file stand until its next run has ended. */
export class Problems implements vscode.Disposable {
  readonly #backend: Requester;
  readonly #collection = vscode.languages.createDiagnosticCollection('sparkdeck');
  /** For each submitted file, the diagnostics of its last run. */
  readonly #byRun = new Map<string, readonly (readonly [vscode.Uri, vscode.Diagnostic])[]>();

  constructor(backend: Requester) {
    this.#backend = backend;
  }

  /** Puts a batch's errors in place of those of earlier runs of its file; returns how many there are. */
  async show(batch: Batch): Promise<number> {
    const { problems } =
      batch.state === 'dead'
        ? await this.#backend.request('batch/problems', { id: batch.id })
        : { problems: [] };
    const entries = await Promise.all(problems.map(problem => toDiagnostic(batch, problem)));
    this.#byRun.set(batch.request.file, entries);
    this.#publish();
    return entries.length;
  }

  dispose(): void {
    this.#collection.dispose();
  }

  #publish(): void {
    const byFile = new Map<string, [vscode.Uri, vscode.Diagnostic[]]>();
    for (const [uri, diagnostic] of [...this.#byRun.values()].flat()) {
      const entry = byFile.get(uri.toString()) ?? [uri, []];
      entry[1].push(diagnostic);
      byFile.set(uri.toString(), entry);
    }
    this.#collection.clear();
    this.#collection.set([...byFile.values()]);
  }
}

async function toDiagnostic(batch: Batch, problem: Problem): Promise<[vscode.Uri, vscode.Diagnostic]> {
  const uri = (await find(problem.file)) ?? vscode.Uri.file(batch.request.file);
  const diagnostic = new vscode.Diagnostic(
    await rangeOf(uri, problem),
    problem.message,
    vscode.DiagnosticSeverity.Error,
  );
  diagnostic.source = 'Spark';
  diagnostic.code = l10n.t('job {0}', batch.id);
  diagnostic.relatedInformation = await Promise.all(
    problem.frames
      .toReversed()
      .slice(0, 20)
      .map(async frame => {
        const position = new vscode.Position(Math.max(0, frame.line - 1), 0);
        const place = (await find(frame.file)) ?? vscode.Uri.file(frame.file);
        return new vscode.DiagnosticRelatedInformation(new vscode.Location(place, position), frame.name);
      }),
  );
  return [uri, diagnostic];
}

async function find(file: string): Promise<vscode.Uri | undefined> {
  const wanted = problemFile(file);
  if (wanted.kind === 'path') return vscode.Uri.file(wanted.path);
  const name = basename(wanted.name).replaceAll(/[[\]{}*?!]/g, '?');
  const found = await vscode.workspace.findFiles(`**/${name}`, '**/{node_modules,target,.git}/**', 50);
  const path = bestMatch(
    wanted.name,
    found.map(uri => uri.path),
  );
  return found.find(uri => uri.path === path);
}

/** The named columns, or the line without its indentation. */
async function rangeOf(uri: vscode.Uri, { line, column, endColumn }: Problem): Promise<vscode.Range> {
  const index = Math.max(0, line - 1);
  const text = await lineText(uri, index);
  const start = column === undefined ? text.length - text.trimStart().length : column - 1;
  const end = endColumn === undefined ? Math.max(start, text.trimEnd().length) : endColumn - 1;
  return new vscode.Range(index, start, index, end);
}

async function lineText(uri: vscode.Uri, line: number): Promise<string> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    return line < document.lineCount ? document.lineAt(line).text : '';
  } catch {
    // A frame in an archive, or a file that is gone: the line number will do.
    return '';
  }
}
