import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { InstallProgress } from '../../server/protocol/runtime.ts';
import { settings } from '../settings/settings.ts';
import type { Command } from './services.ts';

export const installSpark: Command = {
  id: 'sparkdeck.installSpark',
  needsTrust: true,
  async run({ backend, deck }) {
    const runtime = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: l10n.t('Installing Spark'),
        cancellable: true,
      },
      async (progress, token) => {
        const cancelling = new AbortController();
        token.onCancellationRequested(() => cancelling.abort());
        let percent = 0;
        const show = ({ message, fraction }: InstallProgress): void => {
          const now = fraction === undefined ? percent : fraction * 100;
          progress.report({ message, increment: Math.max(0, now - percent) });
          percent = Math.max(percent, now);
        };
        backend.events.on('install', show);
        try {
          return await backend.request('runtime/install', settings.runtime() ?? {}, cancelling.signal);
        } finally {
          backend.events.off('install', show);
        }
      },
    );
    deck.events.emit('runtime');
    void vscode.window.showInformationMessage(
      l10n.t(
        'Spark {0} is ready, with Java {1} and Python {2}.',
        runtime.spark.version,
        runtime.java.version,
        runtime.python.version,
      ),
    );
  },
};
