import type { BatchRequest } from '../protocol/batch.ts';
import type { Cluster } from '../protocol/cluster.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Runtime, RuntimePreference } from '../protocol/runtime.ts';

/** A cluster that takes batches. */
export type RunningCluster = Cluster & { masterUrl: string; uiUrl: string; runtime: Runtime };

/** What batches need of the room of clusters. */
export interface ClusterRegister {
  list(): Cluster[];
  /** @throws SparkdeckError cluster.missing, cluster.stopped */
  running(name: string): RunningCluster;
}

/**
 * Where a request goes: the cluster it names, the master in its conf, or the only cluster that runs.
 * @throws SparkdeckError cluster.none, cluster.missing, cluster.stopped
 */
export function placeRequest(
  request: BatchRequest,
  clusters: ClusterRegister,
): { master: string; cluster: RunningCluster | undefined } {
  const master = request.conf?.['spark.master'];
  if (request.cluster === undefined && master !== undefined) return { master, cluster: undefined };
  const cluster = clusters.running(request.cluster ?? onlyCluster(clusters.list()));
  return { master: master ?? cluster.masterUrl, cluster };
}

/** A cluster's Java and Spark are those its batches need; the Python may be the batch's own. */
export async function runtimeFor(
  request: BatchRequest,
  cluster: RunningCluster | undefined,
  resolve: (preference: RuntimePreference) => Promise<Runtime>,
): Promise<Runtime> {
  if (!cluster) return resolve(request.runtime ?? {});
  if (request.runtime?.python === undefined) return cluster.runtime;
  return resolve({
    javaHome: cluster.runtime.java.home,
    sparkHome: cluster.runtime.spark.home,
    python: request.runtime.python,
  });
}

function onlyCluster(clusters: readonly Cluster[]): string {
  const running = clusters.filter(cluster => cluster.state === 'running');
  const [only, other] = running;
  if (only && !other) return only.spec.name;
  throw new SparkdeckError(
    'cluster.none',
    other
      ? `Several clusters run: ${running.map(each => each.spec.name).join(', ')}. Say which one is meant.`
      : 'No cluster runs. Start one, or set spark.master to local[*] to run without.',
  );
}
