import { leadsTo } from '../clusters/addresses.ts';
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
 * Where a request goes: the cluster it names, the master in its conf, or the only cluster that runs. For a team that is
 * the only one of its own, or if it has none, of nobody's.
 * @throws SparkdeckError cluster.none, cluster.missing, cluster.stopped
 */
export function placeRequest(
  request: BatchRequest,
  clusters: ClusterRegister,
  team?: string,
): { master: string; cluster: RunningCluster | undefined } {
  const master = request.conf?.['spark.master'];
  if (request.cluster === undefined && master !== undefined) return { master, cluster: undefined };
  const cluster = clusters.running(request.cluster ?? onlyCluster(clusters.list(), team));
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

/** Which of these clusters a master's URL leads to: an application takes of that one, whatever name it has for it. */
export async function clusterAt(master: string, clusters: readonly Cluster[]): Promise<Cluster | undefined> {
  for (const cluster of clusters) {
    if (cluster.state !== 'running' || cluster.masterUrl === undefined) continue;
    if (await leadsTo(master, cluster.masterUrl)) return cluster;
  }
  return undefined;
}

function onlyCluster(clusters: readonly Cluster[], team: string | undefined): string {
  const all = clusters.filter(cluster => cluster.state === 'running');
  const own = all.filter(cluster => cluster.team === team);
  const nobodys = all.filter(cluster => cluster.team === undefined);
  const running = team === undefined ? all : own.length > 0 ? own : nobodys;
  const [only, other] = running;
  if (only && !other) return only.spec.name;
  throw new SparkdeckError(
    'cluster.none',
    other
      ? `Several clusters run: ${running.map(each => each.spec.name).join(', ')}. Say which one is meant.`
      : `No cluster runs${team === undefined ? '' : ` for the team "${team}"`}. Start one, or set spark.master to local[*] to run without.`,
  );
}
