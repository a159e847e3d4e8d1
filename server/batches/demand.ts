import { bytesOf, sizeIn } from '../clusters/memory.ts';
import type { BatchRequest } from '../protocol/batch.ts';
import type { ClusterSpec } from '../protocol/cluster.ts';
import { countOf, isOn, isStandalone, sizeSettings } from './sizeSettings.ts';
import type { Demand } from './storedBatch.ts';

/** Spark's own, of a driver and of an executor. */
const usualMemory = '1g';

interface Place {
  master: string;
  /** Undefined when it goes to a master that isn't ours. */
  cluster: ClusterSpec | undefined;
  machineCores: number;
  /** The settings of spark-defaults.conf. */
  defaults: Readonly<Record<string, string>>;
  /** Of the backend. */
  env: Readonly<Record<string, string>>;
}

/**
 * What a batch will take of cores and memory, driver and executors together, as far as its request tells. On a
 * standalone cluster an application that doesn't say how much it wants takes all there is.
 */
export function demandOf(request: BatchRequest, place: Place): Demand {
  const conf = sizeSettings(request, place);
  const driver = {
    cores: countOf(conf['spark.driver.cores']) ?? 1,
    memory: memory(conf['spark.driver.memory']),
  };
  const local = /^local(?:\[(\d+|\*)|$)/.exec(place.master);
  if (local) {
    const [, slots = 1] = local;
    return { cores: slots === '*' ? place.machineCores : Number(slots), memory: driver.memory };
  }
  const executors = localCluster(place.master, conf) ?? executorsOf(conf, place);
  return { cores: driver.cores + executors.cores, memory: driver.memory + executors.memory };
}

/** Spark's own small cluster beside the driver: `local-cluster[workers,cores,MiB]`, the sizes of each worker. */
function localCluster(master: string, conf: Readonly<Record<string, string>>): Demand | undefined {
  const [, ...sizes] =
    /^local-cluster\[\s*(\d{1,9})\s*,\s*(\d{1,9})\s*,\s*(\d{1,9})\s*\]$/.exec(master) ?? [];
  const [workers, cores, mebibytes] = sizes.map(Number);
  if (workers === undefined || cores === undefined || mebibytes === undefined) return undefined;
  const all = workers * cores;
  return {
    cores: Math.min(countOf(conf['spark.cores.max']) ?? all, all),
    memory: workers * mebibytes * 2 ** 20,
  };
}

function executorsOf(
  conf: Readonly<Record<string, string>>,
  { master, cluster }: Pick<Place, 'master' | 'cluster'>,
): Demand {
  const each = countOf(conf['spark.executor.cores']);
  const size = memory(conf['spark.executor.memory']);
  if (!isStandalone(master)) {
    const most = isOn(conf['spark.dynamicAllocation.enabled'])
      ? countOf(conf['spark.dynamicAllocation.maxExecutors'])
      : undefined;
    const count = most ?? countOf(conf['spark.executor.instances']) ?? 1;
    return { cores: count * (each ?? 1), memory: count * size };
  }
  const all = cluster && cluster.workers * cluster.workerCores;
  const cores = Math.min(countOf(conf['spark.cores.max']) ?? all ?? each ?? 1, all ?? Infinity);
  // Without a size, an executor takes what a worker has.
  const count =
    each === undefined ? Math.min(cluster?.workers ?? 1, cores) : Math.max(1, Math.floor(cores / each));
  return { cores, memory: count * size };
}

/** Bytes of a size in a setting. */
const memory = (text: string | undefined): number => sizeIn(text ?? '') ?? bytesOf(usualMemory);
