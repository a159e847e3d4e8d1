import { bytesOf, formatBytes, sizeIn } from '../clusters/memory.ts';
import type { BatchRequest } from '../protocol/batch.ts';
import type { Cluster } from '../protocol/cluster.ts';
import { SparkdeckError } from '../protocol/errors.ts';

/** Spark refuses to start a driver or an executor with less: 1.5 times its reserved 300 MiB. */
const leastHeap = 450 * 2 ** 20;

/**
 * Refuses what would never start: a driver larger than the machine, an executor larger than any worker. The latter
 * would wait for ever.
 * @throws SparkdeckError batch.tooBig
 */
export function checkMemory(
  request: BatchRequest,
  place: { machineMemory: number; cluster: Cluster | undefined },
): void {
  const driver = request.driverMemory ?? request.conf?.['spark.driver.memory'];
  const executor = request.executorMemory ?? request.conf?.['spark.executor.memory'];
  for (const [what, size] of [
    ['driver', driver],
    ['executor', executor],
  ] as const) {
    if (size !== undefined && isSize(size) && bytesOf(size) < leastHeap) {
      throw new SparkdeckError(
        'batch.tooBig',
        `A ${what} with ${size} of memory can't start: Spark wants at least 450m.`,
      );
    }
  }
  if (driver !== undefined && isSize(driver) && bytesOf(driver) > place.machineMemory) {
    throw new SparkdeckError(
      'batch.tooBig',
      `A driver with ${driver} is more than this machine's ${formatBytes(place.machineMemory)}. Give it less.`,
    );
  }
  const { cluster } = place;
  if (!cluster) return;
  const wanted = executor !== undefined && isSize(executor) ? executor : '1g';
  if (bytesOf(wanted) > bytesOf(cluster.spec.workerMemory)) {
    throw new SparkdeckError(
      'batch.tooBig',
      `An executor with ${wanted} fits on no worker of "${cluster.spec.name}", which have ${cluster.spec.workerMemory} each. ` +
        `Set the executor memory to ${cluster.spec.workerMemory} or less, or start a cluster with larger workers.`,
    );
  }
  const cores = request.executorCores ?? 0;
  if (cores > cluster.spec.workerCores) {
    throw new SparkdeckError(
      'batch.tooBig',
      `An executor with ${cores} cores fits on no worker of "${cluster.spec.name}", which have ${cluster.spec.workerCores} each.`,
    );
  }
}

const isSize = (text: string): boolean => sizeIn(text) !== undefined;
