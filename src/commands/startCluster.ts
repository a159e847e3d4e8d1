import { availableParallelism, totalmem } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Cluster, ClusterRequest } from '../../server/protocol/cluster.ts';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import { askSteps, askText, back, type Step } from '../input/inputSteps.ts';
import { settings } from '../settings/settings.ts';
import {
  checkClusterName,
  checkCount,
  checkWorkerMemory,
  defaultClusterSize,
  freeClusterName,
  type ClusterSize,
} from './clusterSize.ts';
import type { Command, Services } from './services.ts';

export const startClusterCommand: Command = {
  id: 'sparkdeck.startCluster',
  needsTrust: true,
  async run(services, arg) {
    const stopped = typeof arg === 'string' ? services.clustersView.node(arg)?.subject : undefined;
    if (stopped?.kind !== 'cluster') await startCluster(services);
    else {
      // Not the editor's to ask for.
      const { overcommit: _, ...request } = stopped.cluster.spec;
      await start(services, request);
    }
  },
};

interface Form extends ClusterSize {
  name: string;
}

/** Asks for the size, starts it and waits until it is up. Throws SparkdeckError, vscode.CancellationError. */
export async function startCluster(services: Services): Promise<Cluster> {
  await services.deck.refresh();
  const up = services.deck.clusters
    .filter(({ state }) => state !== 'stopped' && state !== 'failed')
    .map(({ spec }) => spec.name);
  const fitting = defaultClusterSize({ cores: availableParallelism(), memory: totalmem() });
  const form = await askSteps<Form>(
    l10n.t('Start a Local Cluster'),
    {
      name: freeClusterName(up),
      workers: settings.clusterWorkers() ?? fitting.workers,
      workerCores: settings.clusterCores() ?? fitting.workerCores,
      workerMemory: settings.clusterMemory() ?? fitting.workerMemory,
    },
    [askName(up), askWorkers, askCores, askMemory],
  );
  const runtime = settings.runtime();
  return start(services, { ...form, provider: 'local', ...(runtime && { runtime }) });
}

async function start({ backend, clustersView, deck }: Services, spec: ClusterRequest): Promise<Cluster> {
  const { name } = spec;
  return vscode.window.withProgress({ location: { viewId: 'sparkdeck.clusters' } }, async () => {
    await backend.request('cluster/start', spec);
    await deck.refresh();
    const cluster = await backend.request('cluster/await', { name });
    await deck.refresh();
    if (cluster.state !== 'running') {
      throw new SparkdeckError(
        'cluster.failed',
        cluster.reason ?? l10n.t('The cluster {0} is {1}, though it was to be started.', name, cluster.state),
      );
    }
    await clustersView.reveal(name);
    return cluster;
  });
}

const askName =
  (up: readonly string[]): Step<Form> =>
  async (form, frame) => {
    const name = await askText({
      frame,
      prompt: l10n.t('A name for the cluster.'),
      value: form.name,
      check: text => checkClusterName(text.trim(), up),
    });
    return name === back ? back : { ...form, name };
  };

const askWorkers: Step<Form> = async (form, frame) => {
  const workers = await askText({
    frame,
    prompt: l10n.t('How many workers? Each is a process on this machine.'),
    value: String(form.workers),
    check: text => checkCount(text, 64),
  });
  return workers === back ? back : { ...form, workers: Number(workers) };
};

const askCores: Step<Form> = async (form, frame) => {
  const cores = await askText({
    frame,
    prompt: l10n.t(
      'Cores of each worker: how many tasks it runs at once. This machine has {0}.',
      availableParallelism(),
    ),
    value: String(form.workerCores),
    check: text => checkCount(text, 1024),
  });
  return cores === back ? back : { ...form, workerCores: Number(cores) };
};

const askMemory: Step<Form> = async (form, frame) => {
  const memory = await askText({
    frame,
    prompt: l10n.t(
      'Memory of each worker, as 2g or 1536m. This machine has {0} GB.',
      Math.round(totalmem() / 2 ** 30),
    ),
    value: form.workerMemory,
    check: checkWorkerMemory,
  });
  return memory === back ? back : { ...form, workerMemory: memory };
};
