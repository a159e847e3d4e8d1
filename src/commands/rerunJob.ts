import { extname } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Batch, BatchRequest } from '../../server/protocol/batch.ts';
import { isTerminal } from '../../server/protocol/states.ts';
import { askChoices } from '../submit/askChoices.ts';
import { rerunChanges } from '../submit/rerunChanges.ts';
import { showSubmitted } from '../submit/submitFile.ts';
import type { Command, Services } from './services.ts';
import { batchOf } from './subjects.ts';

export const rerunJob: Command = {
  id: 'sparkdeck.rerunJob',
  needsTrust: true,
  async run(services, arg) {
    const batch = await which(services, arg);
    await saveFile(batch.request.file);
    await showSubmitted(services, await services.backend.request('batch/rerun', { id: batch.id }));
  },
};

export const rerunJobWith: Command = {
  id: 'sparkdeck.rerunJobWith',
  needsTrust: true,
  async run(services, arg) {
    const batch = await which(services, arg);
    await services.deck.refresh();
    const { request } = batch;
    const { target, choices } = await askChoices(services, l10n.t('Rerun {0}', batch.name), request.file, {
      target: request.cluster === undefined ? { kind: 'local' } : { kind: 'cluster', name: request.cluster },
      choices: chosenIn(request),
    });
    await saveFile(request.file);
    const changes = rerunChanges(target, choices);
    await showSubmitted(services, await services.backend.request('batch/rerun', { id: batch.id, changes }));
  },
};

function which(services: Services, arg: unknown): Promise<Batch> {
  return batchOf(services, arg, {
    placeholder: l10n.t('Which job is to be run again?'),
    fits: ({ state }) => isTerminal(state),
    none: l10n.t('No job has ended yet.'),
  });
}

function chosenIn({
  args,
  className,
  conf,
  driverMemory,
  executorMemory,
}: BatchRequest): Parameters<typeof rerunChanges>[1] {
  const { 'spark.master': _master, ...others } = conf ?? {};
  return {
    conf: others,
    ...(args && { args }),
    ...(className !== undefined && { className }),
    ...(driverMemory !== undefined && { driverMemory }),
    ...(executorMemory !== undefined && { executorMemory }),
  };
}

/** What is seen in the editor is what runs. */
async function saveFile(file: string): Promise<void> {
  if (extname(file) !== '.py') return;
  const document = vscode.workspace.textDocuments.find(open => open.uri.fsPath === file && open.isDirty);
  await document?.save();
}
