import type { Batch, JobProgress, StageProgress } from '../../server/protocol/batch.ts';
import type { Application, Cluster, Worker } from '../../server/protocol/cluster.ts';
import { isTerminal } from '../../server/protocol/states.ts';
import type { NodeIcon } from './treeNode.ts';

const active: NodeIcon = { id: 'sync~spin', color: 'charts.blue' };
const waiting: NodeIcon = { id: 'loading~spin', color: 'charts.blue' };
const good: NodeIcon = { id: 'pass', color: 'testing.iconPassed' };
const bad: NodeIcon = { id: 'error', color: 'testing.iconFailed' };
const ended: NodeIcon = { id: 'circle-slash', color: 'disabledForeground' };
const pending: NodeIcon = { id: 'circle-outline', color: 'disabledForeground' };

export function batchIcon(batch: Batch): NodeIcon {
  if (!isTerminal(batch.state) && batch.killRequestedAt !== undefined) return waiting;
  return {
    not_started: { id: 'clock', color: 'charts.blue' },
    starting: waiting,
    running: active,
    success: good,
    dead: bad,
    killed: ended,
  }[batch.state];
}

export function jobIcon(job: JobProgress): NodeIcon {
  return { running: active, succeeded: good, failed: bad }[job.state];
}

export function stageIcon(stage: StageProgress): NodeIcon {
  return {
    pending,
    active,
    complete: good,
    failed: bad,
    skipped: { id: 'debug-step-over', color: 'disabledForeground' },
  }[stage.state];
}

export function clusterIcon(cluster: Cluster): NodeIcon {
  return {
    starting: waiting,
    running: { id: 'server-environment', color: 'testing.iconPassed' },
    stopping: waiting,
    stopped: { id: 'server-environment', color: 'disabledForeground' },
    failed: bad,
  }[cluster.state];
}

export function workerIcon(worker: Worker): NodeIcon {
  return worker.state === 'ALIVE' ? { id: 'vm-running', color: 'testing.iconPassed' } : { id: 'vm-outline' };
}

export function applicationIcon({ state }: Application): NodeIcon {
  switch (state) {
    case 'RUNNING':
      return active;
    case 'WAITING':
      return { id: 'clock', color: 'charts.blue' };
    case 'FINISHED':
      // It left the cluster in order, which a failed program does as well.
      return { id: 'check', color: 'disabledForeground' };
    case 'FAILED':
      return bad;
    default:
      return ended;
  }
}
