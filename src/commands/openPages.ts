import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { isTerminal } from '../../server/protocol/states.ts';
import type { Command } from './services.ts';
import { batchOf, clusterOf, subjectOf } from './subjects.ts';

export const openSparkUi: Command = {
  id: 'sparkdeck.openSparkUi',
  async run(services, arg) {
    const { sparkUiUrl } = await batchOf(services, arg, {
      placeholder: l10n.t("Which job's Spark UI?"),
      fits: batch => batch.sparkUiUrl !== undefined && !isTerminal(batch.state),
      none: l10n.t(
        'No running job shows a Spark UI. It is there from the start of the application until its end.',
      ),
    });
    if (sparkUiUrl !== undefined) await openPage(sparkUiUrl);
  },
};

export const openClusterPage: Command = {
  id: 'sparkdeck.openClusterPage',
  async run(services, arg) {
    const { uiUrl } = await clusterOf(services, arg, {
      placeholder: l10n.t("Which cluster's web page?"),
      fits: ({ state, uiUrl }) => state === 'running' && uiUrl !== undefined,
      none: l10n.t('No cluster runs.'),
    });
    if (uiUrl !== undefined) await openPage(uiUrl);
  },
};

export const openWorkerPage: Command = {
  id: 'sparkdeck.openWorkerPage',
  async run(services, arg) {
    const subject = subjectOf(services, arg);
    if (subject?.kind === 'worker') await openPage(subject.worker.uiUrl);
  },
};

/** A page of this machine, also from a window that is elsewhere. */
async function openPage(url: string): Promise<void> {
  await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(url, true)));
}
