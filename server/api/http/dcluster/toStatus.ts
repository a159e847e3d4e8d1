import type { Cluster, ClusterState } from '../../../protocol/cluster.ts';
import type { DclusterStatus } from './schemas.ts';

const words: Readonly<Record<ClusterState, DclusterStatus['status']>> = {
  starting: 'STARTING',
  running: 'RUNNING',
  stopping: 'TERMINATING',
  stopped: 'TERMINATED',
  failed: 'FAILED',
};

/** @param serviceAddress where the cluster's batches are */
export function toStatus({ id, spec, state, team }: Cluster, serviceAddress: string): DclusterStatus {
  return {
    clusterIps: [serviceAddress],
    serviceAddress,
    interrupted: state === 'failed',
    workerMemory: gigabytes(spec.workerMemory),
    masterMemory: spec.labels?.['dcluster.masterMemory'] ?? null,
    name: spec.name,
    namespace: spec.name,
    workerCpu: String(spec.workerCores),
    id,
    workers: spec.workers,
    tenant: team ?? null,
    masterCpu: spec.labels?.['dcluster.masterCpu'] ?? null,
    status: words[state],
  };
}

/** "6" of "6g", "0.5" of "512m". */
function gigabytes(size: string): string {
  const units: Readonly<Record<string, number>> = { k: 1 / 1024 ** 2, m: 1 / 1024, g: 1, t: 1024 };
  const unit = units[size.slice(-1).toLowerCase()] ?? 1;
  return String(Number((Number.parseInt(size, 10) * unit).toFixed(3)));
}
