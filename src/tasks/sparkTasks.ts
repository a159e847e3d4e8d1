import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Batch } from '../../server/protocol/batch.ts';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import { notTrusted } from '../commands/registerCommands.ts';
import type { Services } from '../commands/services.ts';
import { LogTerminal } from '../log/logTerminal.ts';
import { settings } from '../settings/settings.ts';
import { batchRequest } from '../submit/batchRequest.ts';
import { submitOnce } from '../submit/submitFile.ts';
import { obviousTarget } from '../submit/target.ts';
import { readTask } from './taskDefinition.ts';

export const taskType = 'sparkdeck';

/** Submits as tasks of tasks.json. None are made up: what can be submitted at a click needs no task. */
export function registerTasks(services: Services): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(taskType, {
    provideTasks: () => [],
    resolveTask(task) {
      const { file } = task.definition;
      const scope = task.scope ?? vscode.TaskScope.Workspace;
      const folder =
        typeof scope === 'object' ? scope.uri.fsPath : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
      return new vscode.Task(
        task.definition,
        scope,
        task.name || basename(String(file ?? '')),
        taskType,
        new vscode.CustomExecution(async resolved => taskTerminal(services, resolved, folder)),
      );
    },
  });
}

function taskTerminal(
  services: Services,
  definition: vscode.TaskDefinition,
  folder: string | undefined,
): vscode.Pseudoterminal {
  return new LogTerminal({
    backend: services.backend,
    batch: () => submit(services, definition, folder),
    sparkLog: settings.sparkLog,
    ownsBatch: true,
  });
}

async function submit(
  { backend, deck, memory }: Services,
  definition: vscode.TaskDefinition,
  folder: string | undefined,
): Promise<Batch> {
  if (!vscode.workspace.isTrusted) throw notTrusted();
  const read = readTask(definition, folder);
  if (!read.ok) throw new SparkdeckError('request.invalid', read.error);
  await deck.refresh();
  const { file, choices } = read.task;
  const target = read.task.target ?? obviousTarget(deck.clusters, memory.lastTarget);
  if (!target) {
    throw new SparkdeckError(
      'cluster.none',
      l10n.t(
        'The task names no cluster, and not exactly one runs. Start one, or set "cluster" or "localMode" in tasks.json.',
      ),
    );
  }
  const runtime = settings.runtime();
  const batch = await submitOnce(
    backend,
    batchRequest({ file, target, choices, workingFolder: folder, runtime }),
  );
  deck.put(batch);
  return batch;
}
