import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { Cluster, type ClusterDetail, type ClusterSpec } from '../protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { Runtime, RuntimePreference } from '../protocol/runtime.ts';
import type { Changes } from '../store/changes.ts';
import { highestNumber, readRecords, writeRecord } from '../store/records.ts';
import type { ClusterChange, ClusterTable } from './clusterTable.ts';
import type { LocalProvider, RunningLocal } from './localProvider.ts';
import { askMaster } from './masterApi.ts';

/** How often it is looked whether the processes of running clusters are still there. A look costs a read of /proc. */
const lookInterval = 3000;

/** The clusters of this backend: started, watched and stopped. */
export class Clusters {
  readonly #table: ClusterTable;
  readonly #changes: Changes;
  readonly #provider: LocalProvider;
  readonly #resolveRuntime: (preference: RuntimePreference) => Promise<Runtime>;
  readonly #folder: string;
  readonly #starts = new Map<number, { abort: AbortController; done: Promise<void> }>();
  #looking: NodeJS.Timeout | undefined;

  constructor(options: {
    table: ClusterTable;
    changes: Changes;
    provider: LocalProvider;
    resolveRuntime: (preference: RuntimePreference) => Promise<Runtime>;
    folder: string;
  }) {
    this.#table = options.table;
    this.#changes = options.changes;
    this.#provider = options.provider;
    this.#resolveRuntime = options.resolveRuntime;
    this.#folder = options.folder;
  }

  /**
   * Brings what was written down in step with what is there, after a start of the backend.
   * @param isNew whether the database holds nothing: then it is filled from the records beside the logs
   */
  recover(isNew: boolean): void {
    if (isNew) this.#restore();
    for (const cluster of this.#table.all()) {
      if (cluster.state === 'starting') {
        this.#finish(cluster, 'failed', 'The backend was ended while this cluster started. Start it again.');
      } else if (cluster.state === 'stopping') {
        this.#finish(cluster, 'stopped');
      }
    }
    this.#look();
    this.#looking = setInterval(() => this.#look(), lookInterval).unref();
  }

  close(): void {
    clearInterval(this.#looking);
  }

  listing(): { revision: number; clusters: Cluster[] } {
    return { revision: this.#changes.revision, clusters: this.#table.all() };
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

  /** Writes the cluster down, starts it behind the caller's back, and answers with it in state `starting`. */
  async start(spec: ClusterSpec): Promise<Cluster> {
    this.#refuseTaken(spec.name);
    const runtime = await this.#resolveRuntime(spec.runtime ?? {});
    await this.#provider.check(spec);
    const old = this.#refuseTaken(spec.name);
    if (old) this.#forget(old);
    const cluster = this.#table.add(spec, runtime);
    const abort = new AbortController();
    writeRecord(this.folder(cluster), cluster);
    const done = this.#run(cluster, runtime, abort.signal).finally(() => this.#starts.delete(cluster.id));
    this.#starts.set(cluster.id, { abort, done });
    return cluster;
  }

  /** Answers when it no longer starts or stops. */
  async await(name: string, signal: AbortSignal): Promise<Cluster> {
    const { id } = this.get(name);
    const settled = (): Cluster | undefined => {
      const now = this.get(name);
      return now.state === 'starting' || now.state === 'stopping' ? undefined : now;
    };
    return this.#changes.until('cluster', id, settled, signal);
  }

  /** Asks the master. @throws SparkdeckError cluster.missing, cluster.stopped, cluster.unreachable */
  async detail(name: string): Promise<ClusterDetail> {
    return askMaster(this.running(name).uiUrl);
  }

  /** What the master of a running cluster says of an application; undefined when it doesn't know it or can't be asked. */
  async applicationState(name: string, appId: string): Promise<string | undefined> {
    const cluster = this.#table.find(name);
    if (cluster?.state !== 'running' || !cluster.uiUrl) return undefined;
    const detail = await askMaster(cluster.uiUrl, AbortSignal.timeout(1000)).catch(() => undefined);
    return [...(detail?.active ?? []), ...(detail?.completed ?? [])].find(app => app.id === appId)?.state;
  }

  /** A cluster that takes batches. @throws SparkdeckError cluster.missing, cluster.stopped */
  running(name: string): Cluster & { masterUrl: string; uiUrl: string; runtime: Runtime } {
    this.#look();
    const cluster = this.get(name);
    const { state, masterUrl, uiUrl, runtime } = cluster;
    if (state === 'running' && masterUrl && uiUrl && runtime)
      return { ...cluster, masterUrl, uiUrl, runtime };
    const because = cluster.reason ? ` (${cluster.reason})` : '';
    throw new SparkdeckError(
      'cluster.stopped',
      state === 'starting'
        ? `The cluster "${name}" is still starting. Wait a moment.`
        : `The cluster "${name}" is ${state}${because}. Start it again, or choose another.`,
    );
  }

  /** Answers when its processes are gone. A start under way is called off. */
  async stop(name: string): Promise<Cluster> {
    const cluster = this.get(name);
    if (cluster.state === 'stopped' || cluster.state === 'failed') return cluster;
    if (cluster.state === 'stopping') return this.await(name, AbortSignal.timeout(120_000));
    const stopping = this.#table.update(cluster, { state: 'stopping' });
    const start = this.#starts.get(cluster.id);
    start?.abort.abort();
    await start?.done;
    const gone = await this.#provider.stop(this.folder(cluster), cluster.spec.workers);
    return this.#update(stopping, {
      state: gone ? 'stopped' : 'failed',
      ...(!gone && { reason: 'Some of its processes could not be ended.' }),
    });
  }

  /** Forgets a cluster that doesn't run, with its folder. */
  remove(name: string): void {
    const cluster = this.get(name);
    if (cluster.state !== 'stopped' && cluster.state !== 'failed') {
      throw new SparkdeckError('cluster.busy', `The cluster "${name}" is ${cluster.state}. Stop it first.`);
    }
    this.#forget(cluster);
  }

  folder(cluster: Cluster): string {
    return join(this.#folder, String(cluster.id));
  }

  get anyUp(): boolean {
    return this.#table.all().some(({ state }) => state !== 'stopped' && state !== 'failed');
  }

  async #run(cluster: Cluster, runtime: Runtime, signal: AbortSignal): Promise<void> {
    try {
      const urls = await this.#provider.start(cluster.spec, runtime, this.folder(cluster), signal);
      this.#update(cluster, { state: 'running', ...urls }, 'starting');
    } catch (error) {
      this.#update(cluster, { state: 'failed', reason: messageOf(error) }, 'starting');
    }
  }

  /** Only from the state it is expected in: a stop may have come between. */
  #update(cluster: Cluster, change: ClusterChange, from?: Cluster['state']): Cluster {
    const now = this.#table.find(cluster.spec.name);
    if (!now || now.id !== cluster.id || (from && now.state !== from)) return now ?? cluster;
    const updated = this.#table.update(now, change);
    writeRecord(this.folder(updated), updated);
    return updated;
  }

  #restore(): void {
    for (const { id, record } of readRecords(this.#folder)) {
      if (Value.Check(Cluster, record) && record.id === id) this.#table.restore(record);
    }
    this.#table.countFrom(highestNumber(this.#folder));
  }

  #finish(cluster: Cluster, state: 'stopped' | 'failed', reason?: string): void {
    const stopping = this.#table.update(cluster, { state: 'stopping' });
    void this.#provider
      .stop(this.folder(cluster), cluster.spec.workers)
      .then(() => this.#update(stopping, { state, ...(reason && { reason }) }));
  }

  #look(): void {
    for (const cluster of this.#table.all()) {
      if (!isRunning(cluster)) continue;
      const trouble = this.#revive(cluster);
      if (trouble) this.#finish(cluster, 'failed', trouble);
    }
  }

  #revive(cluster: RunningLocal): string | undefined {
    try {
      return this.#provider.revive(cluster, this.folder(cluster));
    } catch (error) {
      return messageOf(error);
    }
  }

  #refuseTaken(name: string): Cluster | undefined {
    const old = this.#table.find(name);
    if (old && old.state !== 'stopped' && old.state !== 'failed') {
      throw new SparkdeckError(
        'cluster.exists',
        `A cluster "${name}" is ${old.state} already. Choose another name, or stop it first.`,
      );
    }
    return old;
  }

  #forget(cluster: Cluster): void {
    this.#table.remove(cluster);
    rmSync(this.folder(cluster), { recursive: true, force: true });
  }
}

function isRunning(cluster: Cluster): cluster is RunningLocal {
  return (
    cluster.state === 'running' &&
    cluster.masterUrl !== undefined &&
    cluster.uiUrl !== undefined &&
    cluster.runtime !== undefined
  );
}
