import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { BackendClient } from '../../server/client/backendClient.ts';
import { connectBackend } from '../../server/client/connectBackend.ts';
import type { Insight } from '../../src/extension.ts';
import { activated, rows, until } from './insight.ts';

/** Milliseconds: half a gigabyte on a slow line, the first time. */
const installLimit = 30 * 60_000;

/** A real cluster and real batches; each test goes on from the one before. */
describe('a real cluster', function () {
  this.timeout(300_000);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  let insight: Insight;
  /** Another client of the same backend, as a second window would be. */
  let other: BackendClient;

  before('have a Spark, and a backend', async function () {
    this.timeout(installLimit);
    ({ insight } = await activated());
    // Comes back at once when there is one.
    await vscode.commands.executeCommand('sparkdeck.installSpark');
    assert.equal(insight.backendState(), 'connected');
    const dataFolder = process.env['SPARKDECK_HOME'];
    assert.ok(dataFolder);
    other = await connectBackend({ dataFolder });
    await vscode.commands.executeCommand('sparkdeck.jobs.focus');
  });

  after(() => other?.close());

  it('is shown as soon as somebody starts it, with its workers', async () => {
    await other.request('cluster/start', {
      name: 'host-test',
      provider: 'local',
      workers: 1,
      workerCores: 1,
      workerMemory: '1g',
    });
    await until('the cluster starts', () =>
      rows(insight.clusters()).some(row => row.startsWith('host-test starting')),
    );
    await until('the worker is shown', () =>
      rows(insight.clusters()).some(row => row.startsWith('Worker 1 0/1 cores')),
    );
    assert.equal(rows(insight.clusters())[0], 'host-test running · 1 worker, 1 core, 1 GB');
  });

  it('takes a file of the explorer without a question, when it is the only one', async () => {
    await vscode.commands.executeCommand(
      'sparkdeck.submitSelected',
      vscode.Uri.file(join(folder, 'word_count.py')),
    );
    assert.match(rows(insight.jobs())[0] ?? '', /^word_count (queued|starting)/);
    await until('it has ended', () => /^word_count (success|dead)/.test(rows(insight.jobs())[0] ?? ''));
    assert.match(rows(insight.jobs())[0] ?? '', /^word_count success/);
    const { batches } = await other.request('batch/list', { limit: 1 });
    assert.equal(batches[0]?.request.workingFolder, folder);
    assert.equal(batches[0]?.cluster, 'host-test');
  });

  it('takes what the editor shows, whatever file its button still names', async () => {
    const shown = join(folder, 'shown.py');
    await writeFile(shown, 'print("shown")\n');
    const before = vscode.Uri.file(join(folder, 'word_count.py'));
    await vscode.window.showTextDocument(before);
    await vscode.window.showTextDocument(vscode.Uri.file(shown));
    await vscode.commands.executeCommand('sparkdeck.submitFile', before);
    const { batches } = await other.request('batch/list', { limit: 1 });
    assert.equal(batches[0]?.request.file, shown);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('it has ended', () => (rows(insight.jobs())[0] ?? '').startsWith('shown success'));
  });

  it('has the errors of a failed job at their line, until they are mended', async () => {
    const file = join(folder, 'broken é.py');
    await writeFile(file, 'import sys\n\n\ndef work():\n    raise ValueError("broken")\n\n\nwork()\n');
    const uri = vscode.Uri.file(file);
    await vscode.commands.executeCommand('sparkdeck.submitSelected', uri);
    await until('the error is marked', () => vscode.languages.getDiagnostics(uri).length > 0);
    const [diagnostic] = vscode.languages.getDiagnostics(uri);
    assert.equal(diagnostic?.message, 'ValueError: broken');
    assert.equal(diagnostic.source, 'Spark');
    assert.deepEqual([diagnostic.range.start.line, diagnostic.range.start.character], [4, 4]);
    assert.deepEqual(
      diagnostic.relatedInformation?.map(({ location }) => location.range.start.line),
      [4, 7],
    );

    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, document.validateRange(new vscode.Range(0, 0, 99, 0)), 'print("mended")\n');
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand('sparkdeck.submitSelected', uri);
    assert.equal(document.isDirty, false);
    await until('the mark is gone', () => vscode.languages.getDiagnostics(uri).length === 0);
  });

  it('runs tasks of tasks.json, with the exit code of the job', async () => {
    await mkdir(join(folder, '.vscode'), { recursive: true });
    await writeFile(join(folder, 'exit.py'), 'import sys\nsys.exit(int(sys.argv[1]))\n');
    const task = (label: string, code: string): object => ({
      label,
      type: 'sparkdeck',
      file: '${workspaceFolder}/exit.py',
      args: [code],
      localMode: true,
    });
    await writeFile(
      join(folder, '.vscode', 'tasks.json'),
      JSON.stringify({ version: '2.0.0', tasks: [task('good', '0'), task('bad', '3')] }),
    );
    assert.equal(await exitCodeOf('good'), 0);
    assert.equal(await exitCodeOf('bad'), 3);
  });

  it('is stopped with everything that runs on it', async () => {
    await other.request('cluster/stop', { name: 'host-test', force: true });
    await until(
      'it is shown as stopped',
      () => rows(insight.clusters())[0]?.startsWith('host-test stopped') ?? false,
    );
  });
});

async function exitCodeOf(label: string): Promise<number | undefined> {
  let task: vscode.Task | undefined;
  // VS Code takes a moment to see a new tasks.json.
  for (const end = Date.now() + 30_000; !task && Date.now() < end;) {
    task = (await vscode.tasks.fetchTasks({ type: 'sparkdeck' })).find(({ name }) => name === label);
  }
  assert.ok(task, `There is no task ${label}.`);
  return new Promise((resolve, reject) => {
    const ended = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== label) return;
      ended.dispose();
      resolve(exitCode);
    });
    vscode.tasks.executeTask(task).then(undefined, reject);
  });
}
