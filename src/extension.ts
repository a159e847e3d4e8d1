import { access } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { defaultDataFolder, socketPath } from '../server/client/dataFolder.ts';
import { Backend, type BackendState } from './backend/backend.ts';
import { backendPlace } from './backend/backendPlace.ts';
import { registerCommands } from './commands/registerCommands.ts';
import type { Services } from './commands/services.ts';
import { Deck } from './deck/deck.ts';
import { DoctorPage } from './doctor/doctorPage.ts';
import { LogTerminals } from './log/logTerminals.ts';
import { followEnds } from './notices/followEnds.ts';
import { tellNotices } from './notices/tellNotices.ts';
import { Problems } from './problems/problems.ts';
import { sendSharedSettings } from './settings/sendSharedSettings.ts';
import { settings, touches } from './settings/settings.ts';
import { StatusItem } from './status/statusItem.ts';
import { SubmitMemory } from './submit/submitMemory.ts';
import { registerTasks } from './tasks/sparkTasks.ts';
import { ClustersView } from './tree/clustersView.ts';
import { connectWhenVisible } from './tree/connectWhenVisible.ts';
import { ContextKeeper } from './tree/contextKeys.ts';
import { JobsView } from './tree/jobsView.ts';
import { keepRuntimeKnown } from './tree/runtimeKeeper.ts';
import type { TreeNode } from './tree/treeNode.ts';

/** What the tests in the extension host look at. It is no interface for other extensions. */
export interface Insight {
  /** Milliseconds that `activate` took. */
  activationTime: number;
  backendState(): BackendState;
  clusters(): readonly TreeNode[];
  jobs(): readonly TreeNode[];
}

/** Constructs and connects, no more: the backend is found at the first thing that is asked of it. */
export function activate(context: vscode.ExtensionContext): Insight {
  const began = performance.now();
  if (vscode.l10n.bundle) l10n.config({ contents: vscode.l10n.bundle });
  const output = vscode.window.createOutputChannel('Sparkdeck', { log: true });
  const backend = new Backend(
    async (handlers, { start }) => {
      const { openLanguageSession } = await import('./backend/languageSession.ts');
      const place = backendPlace({
        extensionFolder: context.extensionPath,
        dataFolder: settings.dataFolder(),
        execPath: process.execPath,
        env: process.env,
        start,
      });
      return openLanguageSession(place, output, handlers);
    },
    () => vscode.workspace.isTrusted,
  );
  const deck = new Deck(backend);
  const keys = new ContextKeeper(backend, deck);
  const clustersView = new ClustersView(deck);
  const jobsView = new JobsView(deck);
  const services: Services = {
    backend,
    deck,
    clustersView,
    jobsView,
    logs: new LogTerminals(backend),
    problems: new Problems(backend),
    memory: new SubmitMemory(context.workspaceState),
    doctor: new DoctorPage(backend),
    output,
  };
  context.subscriptions.push(
    output,
    backend,
    clustersView,
    jobsView,
    services.logs,
    services.problems,
    services.doctor,
    new StatusItem(deck),
    registerCommands(services),
    registerTasks(services),
    followEnds(services),
    connectWhenVisible(services),
    sendSharedSettings(backend, output),
    keepRuntimeKnown(backend, deck, { clusters: clustersView, jobs: jobsView }, keys),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (touches(event, 'dataFolder') && backend.state !== 'idle')
        void backend.reconnect().catch(() => undefined);
    }),
  );
  tellNotices(backend, context.globalState, output);
  void showWhatRuns(backend);
  return {
    activationTime: performance.now() - began,
    backendState: () => backend.state,
    clusters: () => clustersView.nodes,
    jobs: () => jobsView.nodes,
  };
}

/** Jobs that run since before this window are shown in the status bar; no backend is started for it. */
async function showWhatRuns(backend: Backend): Promise<void> {
  try {
    await access(socketPath(settings.dataFolder() ?? defaultDataFolder(process.env)));
  } catch {
    return;
  }
  await backend.connectIfRunning();
}
