import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Command } from './services.ts';
import { anyBatch, batchOf, clusterOf, subjectOf } from './subjects.ts';

export const copyJobId: Command = {
  id: 'sparkdeck.copyJobId',
  async run(services, arg) {
    await copy(String((await batchOf(services, arg, anyBatch())).id));
  },
};

export const copyApplicationId: Command = {
  id: 'sparkdeck.copyApplicationId',
  async run(services, arg) {
    const subject = subjectOf(services, arg);
    await copy(
      subject?.kind === 'application'
        ? subject.application.id
        : (await batchOf(services, arg, anyBatch())).appId,
    );
  },
};

export const copyLaunchCommand: Command = {
  id: 'sparkdeck.copyLaunchCommand',
  async run(services, arg) {
    const { id } = await batchOf(services, arg, anyBatch());
    await copy((await services.backend.request('batch/command', { id })).command);
  },
};

export const copyError: Command = {
  id: 'sparkdeck.copyError',
  async run(services, arg) {
    const subject = subjectOf(services, arg);
    if (subject?.kind === 'stage') return copy(subject.stage.failure);
    if (subject?.kind === 'cluster') return copy(subject.cluster.reason);
    await copy((await batchOf(services, arg, anyBatch())).reason);
  },
};

export const copyMasterUrl: Command = {
  id: 'sparkdeck.copyMasterUrl',
  async run(services, arg) {
    const { masterUrl } = await clusterOf(services, arg, {
      placeholder: l10n.t("Which cluster's master URL?"),
      fits: ({ state }) => state === 'running',
      none: l10n.t('No cluster runs.'),
    });
    await copy(masterUrl);
  },
};

async function copy(text: string | undefined): Promise<void> {
  if (text === undefined) {
    void vscode.window.showInformationMessage(l10n.t('There is nothing to copy yet.'));
    return;
  }
  await vscode.env.clipboard.writeText(text);
}
