import { randomName } from '../randomName.ts';
import type { ClusterSpec } from '../../../protocol/cluster.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import type { DclusterLaunch } from './schemas.ts';

/** Of a tenant's name in that of a cluster; the whole may have 40. */
const longestTenant = 20;

/**
 * A cluster as a launch asks for it. The sizes are those of machines elsewhere, so together they may be more than this
 * one has. Spark's master needs nothing to speak of; what is said of it is kept for the status.
 * @throws SparkdeckError request.invalid
 */
export function toSpec(body: DclusterLaunch): ClusterSpec {
  const { workers, workerMemory, workerCpu, masterMemory, masterCpu, tenant } = body;
  const mebibytes = Math.round(Number(workerMemory) * 1024);
  if (mebibytes < 1) throw new SparkdeckError('request.invalid', 'workerMemory must be more than 0 GB.');
  if (Number(workers) > 64 || Number(workerCpu) > 1024) {
    throw new SparkdeckError('request.invalid', 'A cluster has at most 64 workers with 1024 cores each.');
  }
  const slug = tenant
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longestTenant)
    .replace(/-$/, '');
  return {
    name: `spark-${slug}-${randomName(6)}`,
    provider: 'local',
    workers: Number(workers),
    workerCores: Number(workerCpu),
    workerMemory: mebibytes % 1024 === 0 ? `${mebibytes / 1024}g` : `${mebibytes}m`,
    overcommit: true,
    labels: {
      ...(masterMemory !== undefined && { 'dcluster.masterMemory': String(masterMemory) }),
      ...(masterCpu !== undefined && { 'dcluster.masterCpu': String(masterCpu) }),
    },
  };
}
