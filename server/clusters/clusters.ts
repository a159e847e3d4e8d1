import { longestLife, type Cluster, type ClusterDetail, type ClusterSpec } from '../protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { Runtime, RuntimePreference } from '../protocol/runtime.ts';
import type { Changes } from '../store/changes.ts';
import type { ClusterChange, ClusterTable } from './clusterTable.ts';
import { discard, sweep } from './discard.ts';
import { expiryStep } from './expiry.ts';
import { askMaster } from './masterApi.ts';
import type { ClusterProvider, RunningCluster } from './provider.ts';

export interface ClustersOptions {
  table: ClusterTable;
  changes: Changes;
  provider: ClusterProvider;
  resolveRuntime: (preference: RuntimePreference) => Promise<Runtime>;
  /** Ends what runs on a cluster whose time is over. */
  beforeExpiry?: (name: string) => Promise<void>;
  log: (line: string) => void;
  /** How often, in milliseconds, it is looked whether all is as it should be. A look costs a read of /proc. */
  lookInterval?: number;
}

/** The clusters of this backend: started, watched and stopped. */
export class Clusters {
  readonly #options: ClustersOptions;
  readonly #table: ClusterTable;
  readonly #provider: ClusterProvider;
  readonly #starts = new Map<number, { abort: AbortController; done: Promise<void> }>();
  readonly #endings = new Map<number, Promise<Cluster>>();
  /** What was logged last of a cluster. */
  readonly #logged = new Map<number, string>();
  #looking: NodeJS.Timeout | undefined;

  constructor(options: ClustersOptions) {
    this.#options = options;
    this.#table = options.table;
    this.#provider = options.provider;
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
    this.#look();
    this.#looking = setInterval(() => this.#look(), lookInterval).unref();
  }

  close(): void {
    clearInterval(this.#looking);
  }

  listing(): { revision: number; clusters: Cluster[] } {
    return { revision: this.#options.changes.revision, clusters: this.#table.all() };
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
  async start(spec: ClusterSpec, team?: string): Promise<Cluster> {
    const before = this.#refuseTaken(spec.name);
    if (before) await this.#refuseLeft(before);
    const runtime = await this.#options.resolveRuntime(spec.runtime ?? {});
    await this.#provider.check(spec);
    // Another start of this name may have come first.
    const old = this.#refuseTaken(spec.name);
    const cluster = this.#table.add(spec, runtime, { old, team });
    if (old) this.#discard(old);
    this.#begin(cluster, signal => this.#run(cluster, runtime, signal));
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
    this.#look();
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
   * Takes no more batches from the moment of the call, and answers when its processes are gone. A start under way is
   * called off. One that failed is cleared of what may be left of it.
   * @param beforeEnd ends what is on it. When it throws cluster.busy the cluster runs on; after another failure its
   *   processes end all the same.
   * @throws SparkdeckError cluster.missing, cluster.busy, disk.full
   */
  async stop(name: string, beforeEnd?: () => Promise<void>): Promise<Cluster> {
    const cluster = this.get(name);
    if (cluster.state === 'stopped' || this.#endings.has(cluster.id)) {
      await beforeEnd?.();
      return this.#endings.get(cluster.id) ?? this.get(name);
    }
    return this.#end(cluster, cluster.state === 'stopping' ? cluster.reason : undefined, beforeEnd);
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
    this.#update(cluster, { state: 'running', reason: cluster.reason, spec });
    this.#look();
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
    return this.#update(cluster, { state, reason, notice: undefined, expiresAt: later });
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
    this.#discard(cluster);
  }

  get anyUp(): boolean {
    return this.#table.all().some(cluster => !isDown(cluster));
  }

  #begin(cluster: Cluster, run: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    const done = run(abort.signal).finally(() => this.#starts.delete(cluster.id));
    this.#starts.set(cluster.id, { abort, done });
  }

  /** A start that was broken off, by an end of the backend or a full disk, is made anew. */
  async #resume(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const left = await this.#endProcesses(cluster);
    if (left !== undefined || !cluster.runtime) {
      this.#update(
        cluster,
        { state: 'failed', reason: sentences('Its start was broken off.', left) },
        'starting',
      );
    } else if (!signal.aborted) await this.#run(cluster, cluster.runtime, signal);
  }

  async #run(cluster: Cluster, runtime: Runtime, signal: AbortSignal): Promise<void> {
    const change = await this.#provider
      .start(cluster.spec, runtime, this.#table.folder(cluster), signal)
      .then(
        (urls): ClusterChange => ({ state: 'running', ...urls }),
        async (error: unknown): Promise<ClusterChange> => ({
          state: 'failed',
          reason: sentences(messageOf(error), await this.#endProcesses(cluster)),
        }),
      );
    try {
      this.#update(cluster, change, 'starting');
      if (change.state === 'running') {
        this.#table.noteStart(cluster.spec.workers, Date.now() - cluster.createdAt);
      }
    } catch (error) {
      this.#tell(cluster, `can't be written down as ${change.state}: ${messageOf(error)}`);
    }
  }

  /**
   * Ends a cluster; once, however often it is asked for. A reason that is given will be that of its failure: it is written
   * down with the state `stopping`, so that an ending that was broken off can be taken up.
   */
  #end(cluster: Cluster, reason?: string, beforeEnd?: () => Promise<void>): Promise<Cluster> {
    const underWay = this.#endings.get(cluster.id);
    if (underWay) return underWay;
    const stopping =
      cluster.state === 'stopping' ? cluster : this.#update(cluster, { state: 'stopping', reason });
    const ending = Promise.resolve().then(async () => {
      if (beforeEnd) await this.#leave(cluster, beforeEnd);
      const outcome = await this.#outcome(stopping);
      // Before others see the outcome: a stop that follows it is another one.
      this.#endings.delete(cluster.id);
      return this.#update(stopping, outcome);
    });
    this.#endings.set(cluster.id, ending);
    return ending;
  }

  async #leave(before: Cluster, beforeEnd: () => Promise<void>): Promise<void> {
    try {
      await beforeEnd();
    } catch (error) {
      this.#tell(before, messageOf(error));
      if (before.state !== 'running' || !(error instanceof SparkdeckError) || error.code !== 'cluster.busy')
        return;
      this.#endings.delete(before.id);
      this.#update(before, { state: 'running', reason: before.reason });
      throw error;
    }
  }

  async #outcome(cluster: Cluster): Promise<ClusterChange> {
    const start = this.#starts.get(cluster.id);
    start?.abort.abort();
    await start?.done;
    const reason = sentences(cluster.reason, await this.#endProcesses(cluster));
    return reason ? { state: 'failed', reason } : { state: 'stopped' };
  }

  /** @returns what went wrong, undefined when nothing is left of it */
  async #endProcesses(cluster: Cluster): Promise<string | undefined> {
    try {
      const isGone = await this.#provider.stop(this.#table.folder(cluster), cluster.spec.workers);
      return isGone ? undefined : 'Some of its processes could not be ended. Stop it again.';
    } catch (error) {
      return `Its processes could not be ended: ${messageOf(error)}. Stop it again.`;
    }
  }

  /** Called by a timer, so it throws nothing. What can't be done now is done at a later look. */
  #look(): void {
    try {
      this.#table.all().forEach(cluster => this.#lookAt(cluster));
    } catch (error) {
      this.#options.log(`clusters can't be looked at: ${messageOf(error)}`);
    }
  }

  #lookAt(cluster: Cluster): void {
    const failing = (error: unknown): void => this.#tell(cluster, messageOf(error));
    try {
      if (cluster.state === 'starting' && !this.#starts.has(cluster.id)) {
        this.#begin(cluster, signal => this.#resume(cluster, signal).catch(failing));
      } else if (cluster.state === 'stopping') {
        this.#end(cluster).catch(failing);
      } else if (isRunning(cluster) && !this.#expire(cluster, failing)) {
        const { lost, note, troubles } = this.#provider.tend(cluster, this.#table.folder(cluster));
        if (lost !== undefined) this.#end(cluster, lost).catch(failing);
        else if (note !== cluster.reason) this.#update(cluster, { state: 'running', reason: note });
        this.#tell(cluster, troubles.join('; '));
      }
    } catch (error) {
      failing(error);
    }
  }

  /** Tells the owner of a cluster that its end is near, and ends it then. @returns whether it is being ended */
  #expire(cluster: Cluster, failing: (error: unknown) => void): boolean {
    const expiry = expiryStep(cluster, Date.now());
    if (!expiry) return false;
    const { beforeExpiry, log } = this.#options;
    const { name } = cluster.spec;
    const told = this.#update(cluster, { state: 'running', reason: cluster.reason, notice: expiry.notice });
    log(`cluster ${name}: ${expiry.notice}`);
    if (expiry.step === 'warn') return false;
    this.#end(told, undefined, beforeExpiry && (() => beforeExpiry(name))).catch(failing);
    return true;
  }

  /** Logs what is wrong with a cluster; the same only once, not at every look. */
  #tell(cluster: Cluster, trouble: string): void {
    if (trouble === (this.#logged.get(cluster.id) ?? '')) return;
    this.#logged.set(cluster.id, trouble);
    this.#options.log(`cluster ${cluster.spec.name}: ${trouble || 'nothing is in the way any more'}`);
  }

  /** Only from the state it is expected in: a stop may have come between. */
  #update(cluster: Cluster, change: ClusterChange, from?: Cluster['state']): Cluster {
    const now = this.#table.find(cluster.spec.name);
    if (!now || now.id !== cluster.id || (from && now.state !== from)) return now ?? cluster;
    return this.#table.update(now, change);
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
    const left = await this.#endProcesses(cluster);
    if (left)
      throw new SparkdeckError('cluster.busy', `The cluster "${cluster.spec.name}" is not gone. ${left}`);
  }

  #discard(cluster: Cluster): void {
    this.#logged.delete(cluster.id);
    discard(this.#table.folder(cluster)).catch((error: unknown) =>
      this.#options.log(
        `cluster ${cluster.spec.name} is removed, but not all of its folder: ${messageOf(error)}`,
      ),
    );
  }
}

function isDown({ state }: Cluster): boolean {
  return state === 'stopped' || state === 'failed';
}

function isRunning(cluster: Cluster): cluster is RunningCluster {
  return (
    cluster.state === 'running' &&
    cluster.masterUrl !== undefined &&
    cluster.uiUrl !== undefined &&
    cluster.runtime !== undefined
  );
}

function sentences(...parts: (string | undefined)[]): string {
  return parts.filter(part => part !== undefined).join(' ');
}
