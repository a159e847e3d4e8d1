import type { Cluster, ClusterSpec } from '../protocol/cluster.ts';
import type { Runtime } from '../protocol/runtime.ts';

/** A cluster that has come up once. */
export type RunningCluster = Cluster & { masterUrl: string; uiUrl: string; runtime: Runtime };

export function isRunning(cluster: Cluster): cluster is RunningCluster {
  return (
    cluster.state === 'running' &&
    cluster.masterUrl !== undefined &&
    cluster.uiUrl !== undefined &&
    cluster.runtime !== undefined
  );
}

/** How a cluster that should be running was found, after what fell was started again. */
export interface Tended {
  /** Why it can't go on at all. */
  lost?: string;
  /** What the user should know of it while it goes on. */
  note?: string;
  /** What could not be done this time, such as for a full disk. It is tried again the next time. */
  troubles: string[];
}

/** What is written down of a cluster that has come up. */
export interface Started {
  masterUrl: string;
  uiUrl: string;
  /** Whether it has a secret. It is never started again, and no application connects to it, without that. */
  secured?: boolean;
}

/** What makes clusters and keeps them up. It knows the processes of a cluster by its folder. */
export interface ClusterProvider {
  /** @throws SparkdeckError when such a cluster can't be made here */
  check(spec: ClusterSpec): Promise<void>;
  /** @throws SparkdeckError cluster.tooBig when a cluster that runs can't be made so large */
  checkSize(spec: ClusterSpec): void;
  /**
   * Answers when the cluster takes applications.
   * @throws SparkdeckError cluster.failed; what was started by then is left to `stop`
   */
  start(spec: ClusterSpec, runtime: Runtime, folder: string, signal: AbortSignal): Promise<Started>;
  /**
   * Brings a cluster in step with its spec: starts again what fell, and adds workers that are missing. Of workers that are
   * too many it ends those on which nothing runs; the others stay until that is so.
   */
  tend(cluster: RunningCluster, folder: string): Tended;
  /**
   * The settings that an application needs to connect: a secret. None where it needs none.
   * @throws SparkdeckError cluster.failed when the secret is lost
   */
  authentication(cluster: Cluster, folder: string): Record<string, string>;
  /** Ends what there is of it, which may be nothing. @returns whether all is gone */
  stop(folder: string, workers: number): Promise<boolean>;
}
