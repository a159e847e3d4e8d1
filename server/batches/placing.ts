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
 * The cluster that a request goes to: the one it names, or the only one that runs. For a team that is the only one of its
 * own, or if it has none, of nobody's. Undefined for a request with a master of its own, and when none runs.
 * @throws SparkdeckError cluster.none when several run, cluster.missing, cluster.stopped
 */
export function clusterFor(
  request: BatchRequest,
  clusters: ClusterRegister,
  team?: string,
): RunningCluster | undefined {
  if (request.cluster !== undefined) return clusters.running(request.cluster);
  if (request.conf?.['spark.master'] !== undefined) return undefined;
  const name = onlyCluster(clusters.list(), team);
  return name === undefined ? undefined : clusters.running(name);
}

/**
 * The master that a request goes to, as spark-submit finds it where no cluster is meant: that of the request, of
 * spark-defaults.conf, of the environment, and else this machine. A team doesn't get the machine unasked.
 * @param place.env of the backend
 * @throws SparkdeckError cluster.none
 */
export function masterFor(
  request: BatchRequest,
  place: {
    cluster: RunningCluster | undefined;
    defaults: Readonly<Record<string, string>>;
    env: Readonly<Record<string, string>>;
    team: string | undefined;
  },
): string {
  const { cluster, defaults, env, team } = place;
  const own = request.conf?.['spark.master'] ?? cluster?.masterUrl;
  if (own !== undefined) return own;
  const master = defaults['spark.master'] ?? { ...env, ...request.environment }['MASTER'];
  if (master !== undefined) return master;
  if (team === undefined) return 'local[*]';
  throw new SparkdeckError(
    'cluster.none',
    `No cluster runs for the team "${team}". Start one, or set spark.master to local[*] to run without.`,
  );
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

function onlyCluster(clusters: readonly Cluster[], team: string | undefined): string | undefined {
  const all = clusters.filter(cluster => cluster.state === 'running');
  const own = all.filter(cluster => cluster.team === team);
  const nobodys = all.filter(cluster => cluster.team === undefined);
  const running = team === undefined ? all : own.length > 0 ? own : nobodys;
  const [only, other] = running;
  if (!other) return only?.spec.name;
  throw new SparkdeckError(
    'cluster.none',
    `Several clusters run: ${running.map(each => each.spec.name).join(', ')}. Say which one is meant.`,
  );
}
