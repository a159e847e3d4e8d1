import type { Cluster } from '../protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { Runtime } from '../protocol/runtime.ts';
import type { ClusterChange, ClusterTable } from './clusterTable.ts';
import { discard } from './discard.ts';
import { expiryStep } from './expiry.ts';
import { isRunning, type ClusterProvider } from './provider.ts';

export interface ClusterLivesOptions {
  table: ClusterTable;
  provider: ClusterProvider;
  /** Ends what runs on a cluster whose time is over. */
  beforeExpiry?: (name: string) => Promise<void>;
  log: (line: string) => void;
}

/**
 * What becomes of clusters that are written down: brings them up, looks whether they are as they should be, and ends them.
 * What another backend left in the middle is taken up by the next look.
 */
export class ClusterLives {
  readonly #options: ClusterLivesOptions;
  readonly #table: ClusterTable;
  readonly #provider: ClusterProvider;
  readonly #starts = new Map<number, { abort: AbortController; done: Promise<void> }>();
  readonly #endings = new Map<number, Promise<Cluster>>();
  /** What was logged last of a cluster. */
  readonly #logged = new Map<number, string>();

  constructor(options: ClusterLivesOptions) {
    this.#options = options;
    this.#table = options.table;
    this.#provider = options.provider;
  }

  /** Starts what a cluster consists of; how that went will stand in its row. */
  begin(cluster: Cluster, runtime: Runtime): void {
    this.#begin(cluster, signal => this.#run(cluster, runtime, signal));
  }

  /**
   * Ends a cluster; once, however often it is asked for. A reason that is given will be that of its failure: it is written
   * down with the state `stopping`, so that an ending that was broken off can be taken up.
   */
  end(cluster: Cluster, reason?: string, beforeEnd?: () => Promise<void>): Promise<Cluster> {
    const underWay = this.#endings.get(cluster.id);
    if (underWay) return underWay;
    const stopping =
      cluster.state === 'stopping' ? cluster : this.update(cluster, { state: 'stopping', reason });
    const ending = Promise.resolve().then(async () => {
      if (beforeEnd) await this.#leave(cluster, beforeEnd);
      const outcome = await this.#outcome(stopping);
      // Before others see the outcome: a stop that follows it is another one.
      this.#endings.delete(cluster.id);
      return this.update(stopping, outcome);
    });
    this.#endings.set(cluster.id, ending);
    return ending;
  }

  /** Settles when an ending that is under way is done; undefined when there is none. */
  ending({ id }: Cluster): Promise<Cluster> | undefined {
    return this.#endings.get(id);
  }

  /** Called by a timer, so it throws nothing. What can't be done now is done at a later look. */
  look(): void {
    try {
      this.#table.all().forEach(cluster => this.lookAt(cluster));
    } catch (error) {
      this.#options.log(`clusters can't be looked at: ${messageOf(error)}`);
    }
  }

  /** As `look`, at one of them. */
  lookAt(cluster: Cluster): void {
    const failing = (error: unknown): void => this.#tell(cluster, messageOf(error));
    try {
      if (cluster.state === 'starting' && !this.#starts.has(cluster.id)) {
        this.#begin(cluster, signal => this.#resume(cluster, signal).catch(failing));
      } else if (cluster.state === 'stopping') {
        this.end(cluster).catch(failing);
      } else if (isRunning(cluster) && !this.#expire(cluster, failing)) {
        const { lost, note, troubles } = this.#provider.tend(cluster, this.#table.folder(cluster));
        if (lost !== undefined) this.end(cluster, lost).catch(failing);
        else if (note !== cluster.reason) this.update(cluster, { state: 'running', reason: note });
        this.#tell(cluster, troubles.join('; '));
      }
    } catch (error) {
      failing(error);
    }
  }

  /** Only from the state it is expected in: a stop may have come between. */
  update(cluster: Cluster, change: ClusterChange, from?: Cluster['state']): Cluster {
    const now = this.#table.find(cluster.spec.name);
    if (!now || now.id !== cluster.id || (from && now.state !== from)) return now ?? cluster;
    return this.#table.update(now, change);
  }

  /** @returns what went wrong, undefined when nothing is left of it */
  async endProcesses(cluster: Cluster): Promise<string | undefined> {
    try {
      const isGone = await this.#provider.stop(this.#table.folder(cluster), cluster.spec.workers);
      return isGone ? undefined : 'Some of its processes could not be ended. Stop it again.';
    } catch (error) {
      return `Its processes could not be ended: ${messageOf(error)}. Stop it again.`;
    }
  }

  /** Removes the folder of a cluster that is forgotten, behind the caller's back. */
  discard(cluster: Cluster): void {
    this.#logged.delete(cluster.id);
    discard(this.#table.folder(cluster)).catch((error: unknown) =>
      this.#options.log(
        `cluster ${cluster.spec.name} is removed, but not all of its folder: ${messageOf(error)}`,
      ),
    );
  }

  #begin(cluster: Cluster, run: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    const done = run(abort.signal).finally(() => this.#starts.delete(cluster.id));
    this.#starts.set(cluster.id, { abort, done });
  }

  /** A start that was broken off, by an end of the backend or a full disk, is made anew. */
  async #resume(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const left = await this.endProcesses(cluster);
    if (left !== undefined || !cluster.runtime) {
      this.update(
        cluster,
        { state: 'failed', reason: sentences('Its start was broken off.', left) },
        'starting',
      );
    } else if (!signal.aborted) await this.#run(cluster, cluster.runtime, signal);
  }

  async #run(cluster: Cluster, runtime: Runtime, signal: AbortSignal): Promise<void> {
    const began = Date.now();
    const change = await this.#provider
      .start(cluster.spec, runtime, this.#table.folder(cluster), signal)
      .then(
        (urls): ClusterChange => ({ state: 'running', ...urls }),
        async (error: unknown): Promise<ClusterChange> => ({
          state: 'failed',
          reason: sentences(messageOf(error), await this.endProcesses(cluster)),
        }),
      );
    try {
      this.update(cluster, change, 'starting');
      if (change.state === 'running') {
        this.#table.noteStart(cluster.spec.workers, Date.now() - began);
      }
    } catch (error) {
      this.#tell(cluster, `can't be written down as ${change.state}: ${messageOf(error)}`);
    }
  }

  async #leave(before: Cluster, beforeEnd: () => Promise<void>): Promise<void> {
    try {
      await beforeEnd();
    } catch (error) {
      this.#tell(before, messageOf(error));
      if (before.state !== 'running' || !(error instanceof SparkdeckError) || error.code !== 'cluster.busy')
        return;
      this.#endings.delete(before.id);
      this.update(before, { state: 'running', reason: before.reason });
      throw error;
    }
  }

  async #outcome(cluster: Cluster): Promise<ClusterChange> {
    const start = this.#starts.get(cluster.id);
    start?.abort.abort();
    await start?.done;
    const reason = sentences(cluster.reason, await this.endProcesses(cluster));
    return reason ? { state: 'failed', reason } : { state: 'stopped' };
  }

  /** Tells the owner of a cluster that its end is near, and ends it then. @returns whether it is being ended */
  #expire(cluster: Cluster, failing: (error: unknown) => void): boolean {
    const expiry = expiryStep(cluster, Date.now());
    if (!expiry) return false;
    const { beforeExpiry, log } = this.#options;
    const { name } = cluster.spec;
    const told = this.update(cluster, { state: 'running', reason: cluster.reason, notice: expiry.notice });
    log(`cluster ${name}: ${expiry.notice}`);
    if (expiry.step === 'warn') return false;
    this.end(told, undefined, beforeExpiry && (() => beforeExpiry(name))).catch(failing);
    return true;
  }

  /** Logs what is wrong with a cluster; the same only once, not at every look. */
  #tell(cluster: Cluster, trouble: string): void {
    if (trouble === (this.#logged.get(cluster.id) ?? '')) return;
    this.#logged.set(cluster.id, trouble);
    this.#options.log(`cluster ${cluster.spec.name}: ${trouble || 'nothing is in the way any more'}`);
  }
}

function sentences(...parts: (string | undefined)[]): string {
  return parts.filter(part => part !== undefined).join(' ');
}
