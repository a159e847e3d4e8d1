import * as l10n from '@vscode/l10n';
import type { Application, Cluster, ClusterDetail, Worker } from '../../server/protocol/cluster.ts';
import { formatDuration } from '../format/duration.ts';
import { formatMemory } from '../format/memory.ts';
import { clusterDescription, coreCount, joined } from './descriptions.ts';
import { applicationIcon, clusterIcon, workerIcon } from './icons.ts';
import { applicationTooltip, clusterTooltip, workerTooltip } from './tooltips.ts';
import type { TreeNode } from './treeNode.ts';

export interface ClustersTreeInput {
  clusters: readonly Cluster[];
  details: ReadonlyMap<string, ClusterDetail>;
  now: number;
}

/** Clusters with their workers and applications: those that are up first, then by name. */
export function clustersTree({ clusters, details, now }: ClustersTreeInput): readonly TreeNode[] {
  const order = ({ state }: Cluster): number => (state === 'stopped' || state === 'failed' ? 1 : 0);
  return clusters
    .toSorted((a, b) => order(a) - order(b) || a.spec.name.localeCompare(b.spec.name))
    .map(cluster => clusterNode(cluster, details.get(cluster.spec.name), now));
}

export const clusterNodeId = (name: string): string => `cluster/${name}`;

function clusterNode(cluster: Cluster, detail: ClusterDetail | undefined, now: number): TreeNode {
  const id = clusterNodeId(cluster.spec.name);
  return {
    id,
    label: cluster.spec.name,
    description: clusterDescription(cluster),
    tooltip: clusterTooltip(cluster, now),
    icon: clusterIcon(cluster),
    context: `cluster:${cluster.state}`,
    subject: { kind: 'cluster', cluster },
    ...(cluster.state === 'running' && {
      children: detail ? [workersNode(id, detail), applicationsNode(id, detail, now)] : 'later',
      open: true,
    }),
  };
}

function workersNode(clusterId: string, { workers }: ClusterDetail): TreeNode {
  const alive = workers.filter(({ state }) => state === 'ALIVE');
  const sum = (of: (worker: Worker) => number): number =>
    alive.reduce((total, worker) => total + of(worker), 0);
  return {
    id: `${clusterId}/workers`,
    label: l10n.t('Workers'),
    description: joined(
      l10n.t('{0} alive', alive.length),
      l10n.t(
        '{0}/{1} cores used',
        sum(({ coresUsed }) => coresUsed),
        sum(({ cores }) => cores),
      ),
    ),
    icon: { id: 'server' },
    context: 'group',
    subject: { kind: 'group' },
    children: workers.map((worker, index) => workerNode(clusterId, worker, index + 1)),
  };
}

function workerNode(clusterId: string, worker: Worker, number: number): TreeNode {
  return {
    id: `${clusterId}/worker/${worker.id}`,
    label: l10n.t('Worker {0}', number),
    description: joined(
      worker.state === 'ALIVE' ? undefined : worker.state.toLowerCase(),
      l10n.t('{0}/{1} cores used', worker.coresUsed, worker.cores),
      l10n.t('{0} of {1} used', formatMemory(worker.memoryUsed), formatMemory(worker.memory)),
    ),
    tooltip: workerTooltip(worker),
    icon: workerIcon(worker),
    context: 'worker',
    subject: { kind: 'worker', worker },
  };
}

function applicationsNode(clusterId: string, { active, completed }: ClusterDetail, now: number): TreeNode {
  const running = active.filter(({ state }) => state === 'RUNNING').length;
  const waiting = active.length - running;
  const newest = (applications: Application[]): Application[] =>
    applications.toSorted((a, b) => b.startedAt - a.startedAt);
  const all = [...newest(active), ...newest(completed)];
  return {
    // VS Code leaves a row folded that had nothing in it at first; another row is unfolded as it says.
    id: all.length > 0 ? `${clusterId}/applications` : `${clusterId}/applications/none`,
    label: l10n.t('Applications'),
    description: joined(
      l10n.t('{0} running', running),
      waiting > 0 ? l10n.t('{0} waiting', waiting) : undefined,
      completed.length > 0 ? l10n.t('{0} completed', completed.length) : undefined,
    ),
    icon: { id: 'layers' },
    context: 'group',
    subject: { kind: 'group' },
    children: all.map(application => applicationNode(clusterId, application, now)),
    open: true,
  };
}

function applicationNode(clusterId: string, application: Application, now: number): TreeNode {
  return {
    id: `${clusterId}/application/${application.id}`,
    label: application.name,
    description: joined(
      application.state.toLowerCase(),
      application.state === 'RUNNING' || application.state === 'WAITING'
        ? coreCount(application.cores)
        : formatDuration(application.duration),
    ),
    tooltip: applicationTooltip(application, now),
    icon: applicationIcon(application),
    context: application.batchId === undefined ? 'application' : 'application:batch',
    subject: { kind: 'application', application },
  };
}
