import { bytesOf } from '../clusters/memory.ts';
import type { BatchRequest } from '../protocol/batch.ts';
import type { ClusterSpec } from '../protocol/cluster.ts';
import type { Demand } from './storedBatch.ts';

/** Spark's own, of a driver and of an executor. */
const usualMemory = '1g';

/**
 * What a batch will take of cores and memory, driver and executors together, as far as its request tells. On a
 * standalone cluster an application that doesn't say how much it wants takes all there is.
 * @param cluster undefined when it goes to a master that isn't ours
 */
export function demandOf(
  request: BatchRequest,
  place: { master: string; cluster: ClusterSpec | undefined; machineCores: number },
): Demand {
  const conf = request.conf ?? {};
  const driverMemory = memory(request.driverMemory ?? conf['spark.driver.memory']);
  const local = /^local(?:\[(\d+|\*)|-cluster|$)/.exec(place.master);
  if (local) {
    const slots = local[1] === '*' ? place.machineCores : Number(local[1] ?? 1);
    return { cores: slots, memory: driverMemory };
  }
  const { cores, count } = executors(request, place.cluster);
  const executorMemory = memory(request.executorMemory ?? conf['spark.executor.memory']);
  return {
    cores: (request.driverCores ?? countOf(conf['spark.driver.cores']) ?? 1) + cores,
    memory: driverMemory + count * executorMemory,
  };
}

function executors(
  request: BatchRequest,
  cluster: ClusterSpec | undefined,
): { cores: number; count: number } {
  const conf = request.conf ?? {};
  const each = request.executorCores ?? countOf(conf['spark.executor.cores']);
  const wanted = request.numExecutors ?? countOf(conf['spark.executor.instances']);
  if (wanted !== undefined) return { cores: wanted * (each ?? 1), count: wanted };
  const all = cluster ? cluster.workers * cluster.workerCores : (each ?? 1);
  const cores = Math.min(countOf(conf['spark.cores.max']) ?? all, all);
  // Without a size, an executor takes what a worker has.
  const count =
    each === undefined ? Math.min(cluster?.workers ?? 1, cores) : Math.max(1, Math.floor(cores / each));
  return { cores, count };
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text) : undefined;
}

/** Bytes. In a setting, a number alone is MiB, and a unit may end in b. */
function memory(text: string | undefined): number {
  const [, number, unit] = /^([1-9]\d{0,12})([kmgt]?)b?$/i.exec(text?.trim() ?? usualMemory) ?? [];
  return number === undefined ? bytesOf(usualMemory) : bytesOf(`${number}${unit || 'm'}`);
}
