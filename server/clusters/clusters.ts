import { longestLife, type Cluster, type ClusterDetail, type ClusterSpec } from '../protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { Runtime, RuntimePreference } from '../protocol/runtime.ts';
import type { Changes } from '../store/changes.ts';
import { ClusterLives, type ClusterLivesOptions } from './clusterLives.ts';
import { isSameMaster } from './addresses.ts';
import { plainSize } from './memory.ts';
import type { ClusterTable } from './clusterTable.ts';
import { sweep } from './discard.ts';
import { askMaster } from './masterApi.ts';
import { isRunning, type ClusterProvider, type RunningCluster } from './provider.ts';

export interface ClustersOptions extends ClusterLivesOptions {
  changes: Changes;
  resolveRuntime: (preference: RuntimePreference) => Promise<Runtime>;
  /** How often, in milliseconds, it is looked whether all is as it should be. A look costs a read of /proc. */
  lookInterval?: number;
}

/** The clusters of this backend: started, watched and stopped. */
export class Clusters {
  readonly #options: ClustersOptions;
  readonly #table: ClusterTable;
  readonly #provider: ClusterProvider;
  readonly #lives: ClusterLives;
  #looking: NodeJS.Timeout | undefined;

  constructor(options: ClustersOptions) {
    this.#options = options;
    this.#table = options.table;
    this.#provider = options.provider;
    this.#lives = new ClusterLives(options);
  }

  /**
   * Brings what was written down in step with what is there, after a start of the backend.
   * @param isNew whether the database holds nothing: then it is filled from the records beside the logs
   */
  recover(isNew: boolean): void {
    const { log, lookInterval = 3000 } = this.#options;
    if (isNew) this.#table.restore();
    this.#table.countFromFolders();
    sweep(this.#table.parent).catch((error: unknown) =>
      log(`removed clusters still take space: ${messageOf(error)}`),
    );
    this.#lives.look();
    this.#looking = setInterval(() => this.#lives.look(), lookInterval).unref();
  }

  close(): void {
    clearInterval(this.#looking);
  }

  listing(): { revision: number; clusters: Cluster[] } {
    return { revision: this.#options.changes.revision, clusters: this.#table.all() };
  }

  /** Changes with whatever is written down of them. */
  get version(): string {
    return this.#options.changes.version;
  }

  list(): Cluster[] {
    return this.#table.all();
  }

  get(name: string): Cluster {
    const cluster = this.#table.find(name);
    if (cluster) return cluster;
    const known = this.#table.all().map(each => each.spec.name);
    throw new SparkdeckError(
      'cluster.missing',
      `There is no cluster "${name}". ${known.length > 0 ? `There are: ${known.join(', ')}.` : 'Start one first.'}`,
    );
  }

  /**
   * Writes the cluster down, starts it behind the caller's back, and answers with it in state `starting`.
   * @param team whose it will be; the owner's unless given
   * @throws SparkdeckError cluster.exists, cluster.busy, disk.full, and what the provider and the runtime say
   */
  async start(asked: ClusterSpec, team?: string): Promise<Cluster> {
    const spec = { ...asked, workerMemory: plainSize(asked.workerMemory) };
    const before = this.#refuseTaken(spec.name);
    if (before) await this.#refuseLeft(before);
    const runtime = await this.#options.resolveRuntime(spec.runtime ?? {});
    await this.#provider.check(spec);
    // Another start of this name may have come first.
    const old = this.#refuseTaken(spec.name);
    const cluster = this.#table.add(spec, runtime, { old, team });
    if (old) this.#lives.discard(old);
    this.#lives.begin(cluster, runtime);
    this.#options.changes.announce('cluster', cluster.id);
    return cluster;
  }

  /** Answers when it no longer starts or stops. */
  async await(name: string, signal: AbortSignal): Promise<Cluster> {
    const { id } = this.get(name);
    const settled = (): Cluster | undefined => {
      const now = this.get(name);
      return now.state === 'starting' || now.state === 'stopping' ? undefined : now;
    };
    return this.#options.changes.until('cluster', id, settled, signal);
  }

  /** Asks the master. @throws SparkdeckError cluster.missing, cluster.stopped, cluster.unreachable */
  async detail(name: string): Promise<ClusterDetail> {
    return askMaster(this.running(name).uiUrl);
  }

  /** Asks whatever master has its web page there. @throws SparkdeckError cluster.unreachable */
  async detailAt(uiUrl: string): Promise<ClusterDetail> {
    return askMaster(uiUrl);
  }

  /** What the master of a running cluster says of an application; undefined when it doesn't know it or can't be asked. */
  async applicationState(name: string, appId: string): Promise<string | undefined> {
    const cluster = this.#table.find(name);
    if (cluster?.state !== 'running' || !cluster.uiUrl) return undefined;
    const detail = await askMaster(cluster.uiUrl, AbortSignal.timeout(1000)).catch(() => undefined);
    return [...(detail?.active ?? []), ...(detail?.completed ?? [])].find(app => app.id === appId)?.state;
  }

  /** A cluster that takes batches. @throws SparkdeckError cluster.missing, cluster.stopped */
  running(name: string): RunningCluster {
    this.#lives.lookAt(this.get(name));
    const cluster = this.get(name);
    if (isRunning(cluster)) return cluster;
    const { state, reason } = cluster;
    throw new SparkdeckError(
      'cluster.stopped',
      state === 'starting'
        ? `The cluster "${name}" is still starting. Wait a moment.`
        : `The cluster "${name}" is ${state}${reason ? ` (${reason})` : ''}. Start it again, or choose another.`,
    );
  }

  /**
   * The settings with which an application connects to a running cluster: its master, and the cluster's secret.
   * @throws SparkdeckError cluster.missing, cluster.stopped
   */
  connection(name: string): Record<string, string> {
    const cluster = this.running(name);
    return { 'spark.master': cluster.masterUrl, ...this.#authentication(cluster) };
  }

  /**
   * The settings with which an application is let in at a master, if that is a running cluster of this backend.
   * @param team whose the application is: another team's cluster lets it in no more than a stranger
   */
  authenticationAt(master: string, team: string | undefined): Record<string, string> {
    const cluster = this.#table.all().find(each => isRunning(each) && isSameMaster(master, each.masterUrl));
    if (!cluster || (team !== undefined && cluster.team !== undefined && cluster.team !== team)) return {};
    return this.#authentication(cluster);
  }

  /**
   * Takes no more batches from the moment of the call, and answers when its processes are gone. A start under way is
   * called off. One that failed is cleared of what may be left of it.
   * @param beforeEnd ends what is on it. When it throws cluster.busy the cluster runs on; after another failure its
   *   processes end all the same.
   * @throws SparkdeckError cluster.missing, cluster.busy, disk.full
   */
  async stop(name: string, beforeEnd?: () => Promise<void>): Promise<Cluster> {
    const cluster = this.get(name);
    const ending = (): Promise<Cluster> | undefined => this.#lives.ending(cluster);
    if (cluster.state === 'stopped' || ending()) {
      await beforeEnd?.();
      return ending() ?? this.get(name);
    }
    return this.#lives.end(cluster, cluster.state === 'stopping' ? cluster.reason : undefined, beforeEnd);
  }

  /**
   * Has a running cluster be of another size. New workers start at once; of those that are too many each ends when nothing
   * runs on it.
   * @throws SparkdeckError cluster.missing, cluster.stopped, cluster.tooBig, disk.full
   */
  scale(name: string, workers: number): Cluster {
    const cluster = this.running(name);
    const spec = { ...cluster.spec, workers };
    if (workers > cluster.spec.workers) this.#provider.checkSize(spec);
    this.#lives.update(cluster, { state: 'running', reason: cluster.reason, spec });
    this.#lives.lookAt(this.get(name));
    return this.get(name);
  }

  /**
   * Has a cluster live for longer than until its present end; one without an end has none afterwards either.
   * @param time milliseconds
   * @throws SparkdeckError cluster.missing, cluster.stopped, request.invalid, disk.full
   */
  extend(name: string, time: number): Cluster {
    const cluster = this.get(name);
    const { state, reason, expiresAt } = cluster;
    if (state !== 'starting' && state !== 'running') {
      throw new SparkdeckError('cluster.stopped', `The cluster "${name}" is ${state}. Start it again.`);
    }
    if (expiresAt === undefined) return cluster;
    const later = Math.max(expiresAt, Date.now()) + time;
    if (later > Date.now() + longestLife * 1000) {
      throw new SparkdeckError(
        'request.invalid',
        'No cluster lives for more than a hundred years. Ask for less.',
      );
    }
    return this.#lives.update(cluster, { state, reason, notice: undefined, expiresAt: later });
  }

  /** How long a start is likely to take, in milliseconds, by those before it; undefined before the first. */
  usualStart(workers: number): number | undefined {
    const alike = this.#table.starts(workers);
    const times = (alike.length > 0 ? alike : this.#table.starts()).toSorted((a, b) => a - b);
    return times[Math.floor(times.length / 2)];
  }

  /** Forgets a cluster that doesn't run, with its folder. @throws SparkdeckError cluster.missing, cluster.busy, disk.full */
  async remove(name: string): Promise<void> {
    const standing = (): Cluster => {
      const cluster = this.get(name);
      if (isDown(cluster)) return cluster;
      throw new SparkdeckError('cluster.busy', `The cluster "${name}" is ${cluster.state}. Stop it first.`);
    };
    await this.#refuseLeft(standing());
    const cluster = standing();
    this.#table.remove(cluster);
    this.#lives.discard(cluster);
  }

  #authentication(cluster: Cluster): Record<string, string> {
    return this.#provider.authentication(cluster, this.#table.folder(cluster));
  }

  get anyUp(): boolean {
    return this.#table.all().some(cluster => !isDown(cluster));
  }

  #refuseTaken(name: string): Cluster | undefined {
    const old = this.#table.find(name);
    if (!old || isDown(old)) return old;
    throw new SparkdeckError(
      'cluster.exists',
      `A cluster "${name}" is ${old.state} already. Choose another name, or stop it first.`,
    );
  }

  /** Processes that could not be ended must not be forgotten. */
  async #refuseLeft(cluster: Cluster): Promise<void> {
    const left = await this.#lives.endProcesses(cluster);
    if (left)
      throw new SparkdeckError('cluster.busy', `The cluster "${cluster.spec.name}" is not gone. ${left}`);
  }
}

function isDown({ state }: Cluster): boolean {
  return state === 'stopped' || state === 'failed';
}
