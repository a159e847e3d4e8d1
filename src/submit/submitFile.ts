import { randomUUID } from 'node:crypto';
import { basename, dirname, extname } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Batch, BatchRequest } from '../../server/protocol/batch.ts';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import type { Requester } from '../backend/backend.ts';
import type { Services } from '../commands/services.ts';
import { back, type StepFrame } from '../input/inputSteps.ts';
import { settings } from '../settings/settings.ts';
import { askChoices } from './askChoices.ts';
import { batchRequest, type SubmitChoices } from './batchRequest.ts';
import { fileToSubmit } from './fileToSubmit.ts';
import { pickMainClass, readMainClasses } from './pickMainClass.ts';
import { pickTarget } from './pickTarget.ts';
import { obviousTarget, type Target } from './target.ts';

/**
 * Submits a file: at once as far as nothing has to be asked, or (`ask`) with a question for everything.
 * Throws SparkdeckError, vscode.CancellationError.
 */
export async function submitFile(
  services: Services,
  uri: vscode.Uri | undefined,
  how: 'now' | 'ask',
): Promise<void> {
  const saved = await fileToSubmit(uri);
  const file = saved.fsPath;
  const { memory, deck } = services;
  await deck.refresh();
  const known = memory.choices(file);
  const last = obviousTarget(deck.clusters, memory.lastTarget);
  const { target, choices } =
    how === 'ask'
      ? await askChoices(services, titleFor(file), file, {
          target: last ?? memory.lastTarget,
          choices: known,
        })
      : {
          target: last ?? (await askTarget(services, file)),
          choices: await withMainClass(services, file, known),
        };
  const request = batchRequest({
    file,
    target,
    choices,
    workingFolder: vscode.workspace.getWorkspaceFolder(saved)?.uri.fsPath ?? dirname(file),
    runtime: settings.runtime(),
  });
  const batch = await submitOnce(services.backend, request);
  await memory.remember(file, target, choices);
  await showSubmitted(services, batch);
}

/** A submit whose answer got lost is sent again under the same key, so that it runs once. */
export async function submitOnce(backend: Requester, request: BatchRequest): Promise<Batch> {
  const params = { request, idempotencyKey: randomUUID() };
  try {
    return await backend.request('batch/submit', params);
  } catch (error) {
    if (!(error instanceof SparkdeckError) || error.code !== 'backend.unreachable') throw error;
    return backend.request('batch/submit', params);
  }
}

/** Shows a batch that has just been made, without taking the cursor out of the editor. */
export async function showSubmitted({ deck, jobsView, logs }: Services, batch: Batch): Promise<void> {
  deck.put(batch);
  if (settings.openLogOnSubmit()) logs.show(batch, { focus: false });
  if (jobsView.visible) await jobsView.reveal(batch, { focus: false });
}

const titleFor = (file: string): string => l10n.t('Submit {0} to Spark', basename(file));

const single = (file: string): StepFrame => ({ title: titleFor(file), step: 1, totalSteps: 1 });

async function askTarget(services: Services, file: string): Promise<Target> {
  const target = await pickTarget(services, services.memory.lastTarget, single(file));
  if (target === back) throw new vscode.CancellationError();
  return target;
}

async function withMainClass(
  { backend }: Services,
  file: string,
  known: SubmitChoices,
): Promise<SubmitChoices> {
  if (extname(file).toLowerCase() !== '.jar') return known;
  const found = await readMainClasses(backend, file);
  const [only, other] = found.classes;
  const className =
    only !== undefined && other === undefined
      ? only
      : await pickMainClass(found, known.className, single(file));
  if (className === back) throw new vscode.CancellationError();
  return { ...known, className };
}
