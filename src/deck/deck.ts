import { EventEmitter } from 'node:events';
import type { Batch, BatchProgress } from '../../server/protocol/batch.ts';
import type { Cluster, ClusterDetail } from '../../server/protocol/cluster.ts';
import type { Hint } from '../../server/protocol/metrics.ts';
import type { Changed } from '../../server/protocol/methods.ts';
import type { BatchTiming } from '../../server/protocol/timing.ts';
import { batchStates, isTerminal } from '../../server/protocol/states.ts';
import type { Backend } from '../backend/backend.ts';
import { coalesced } from './coalesced.ts';
import { mergeBatches, newestActive, watchedBatches } from './batches.ts';

interface DeckEvents {
  /** The clusters or what is known of them. */
  clusters: [];
  /** The batches or their progress. */
  batches: [];
  /** A batch that was seen alive in this window has come to its end. */
  ended: [Batch];
  /** Another Spark, Java or Python is in use. */
  runtime: [];
  /** A read failed; the backend's state says more. */
  failed: [unknown];
}

/** What somebody looks at now: only for that the backend and the drivers are asked for more than the lists. */
export interface Attention {
  jobsVisible: boolean;
  /** Ids of the batches whose jobs are unfolded. */
  unfoldedBatches: ReadonlySet<number>;
  /** Names of the clusters whose workers are shown. */
  shownClusters: ReadonlySet<string>;
}

const page = 100;
const activeStates = batchStates.filter(state => !isTerminal(state));

/** The window's copy of the backend's lists, read again whenever the backend says that something changed. */
export class Deck {
  readonly events = new EventEmitter<DeckEvents>();
  clusters: readonly Cluster[] = [];
  batches: readonly Batch[] = [];
  /** How many batches there are, also those not read yet. */
  total = 0;
  readonly details = new Map<string, ClusterDetail>();
  readonly progress = new Map<number, BatchProgress>();
  /** Of the batches whose jobs somebody looks at. */
  readonly hints = new Map<number, readonly Hint[]>();
  /** Whether the lists have been read at least once. */
  ready = false;

  readonly #backend: Backend;
  readonly #readers = new Map<string, () => Promise<void>>();
  #attention: Attention = { jobsVisible: false, unfoldedBatches: new Set(), shownClusters: new Set() };
  #limit = page;
  #watched = '';

  constructor(backend: Backend) {
    this.#backend = backend;
    backend.events.on('changed', change => this.#onChanged(change));
    backend.events.on('state', state => {
      this.#watched = '';
      if (state === 'connected') this.#quietly(this.refresh());
    });
  }

  /** Reads the lists; connects for it if need be. */
  readonly refresh = coalesced(async () => {
    await Promise.all([this.#readClusters(), this.#readBatches()]);
    this.ready = true;
    this.events.emit('clusters');
    this.events.emit('batches');
  });

  attend(attention: Partial<Attention>): void {
    const before = this.#attention;
    this.#attention = { ...before, ...attention };
    for (const name of this.#attention.shownClusters) {
      if (!before.shownClusters.has(name)) this.#quietly(this.readDetail(name));
    }
    for (const id of this.#attention.unfoldedBatches) {
      if (!before.unfoldedBatches.has(id)) this.#quietly(this.readProgress(id));
    }
    this.#quietly(this.#watch());
  }

  batch(id: number): Batch | undefined {
    return this.batches.find(batch => batch.id === id);
  }

  cluster(name: string): Cluster | undefined {
    return this.clusters.find(cluster => cluster.spec.name === name);
  }

  async showMore(): Promise<void> {
    this.#limit += page;
    await this.#readBatches();
  }

  /** What a request answered is shown at once; the list follows. */
  put(batch: Batch): void {
    if (this.batch(batch.id)?.revision === batch.revision) return;
    this.#setBatches(mergeBatches(this.batches, [batch]));
  }

  readDetail(name: string): Promise<void> {
    return this.#once(`cluster/${name}`, async () => {
      if (this.cluster(name)?.state !== 'running') return;
      try {
        this.details.set(name, await this.#backend.request('cluster/detail', { name }));
      } catch {
        // It stopped meanwhile, or its master doesn't answer: the list will tell.
        this.details.delete(name);
      }
      this.events.emit('clusters');
    });
  }

  readProgress(id: number): Promise<void> {
    return this.#once(`batch/${id}`, async () => {
      if (this.#wantsHistory(id)) {
        const { progress, hints } = await this.#backend.request('batch/history', { id });
        this.progress.set(id, progress);
        this.hints.set(id, hints);
      } else {
        this.progress.set(id, await this.#backend.request('batch/progress', { id }));
      }
      this.events.emit('batches');
    });
  }

  /** Nobody looks at it for long, so it isn't kept. */
  readTiming(id: number): Promise<BatchTiming> {
    return this.#backend.request('batch/timing', { id });
  }

  /** Its stages' metrics are many, and only seen where its jobs are. */
  #wantsHistory(id: number): boolean {
    const batch = this.batch(id);
    return this.#attention.unfoldedBatches.has(id) || (batch !== undefined && isTerminal(batch.state));
  }

  readonly #readClusters = coalesced(async () => {
    const { clusters } = await this.#backend.request('cluster/list', {});
    this.clusters = clusters;
    for (const name of this.details.keys()) {
      if (this.cluster(name)?.state !== 'running') this.details.delete(name);
    }
    this.events.emit('clusters');
    await Promise.all([...this.#attention.shownClusters].map(name => this.readDetail(name)));
  });

  readonly #readBatches = coalesced(async () => {
    const { batches, total } = await this.#backend.request('batch/list', { limit: this.#limit });
    // Whatever runs is shown, however much came after it.
    const active =
      total > batches.length
        ? (await this.#backend.request('batch/list', { limit: 1000, states: activeStates })).batches
        : [];
    this.total = total;
    this.#setBatches(mergeBatches(batches, active));
    await this.#watch();
  });

  #setBatches(batches: readonly Batch[]): void {
    const before = new Map(this.batches.map(batch => [batch.id, batch]));
    this.batches = batches;
    const known = new Set(batches.map(({ id }) => id));
    for (const id of this.progress.keys()) if (!known.has(id)) this.progress.delete(id);
    for (const id of this.hints.keys()) if (!known.has(id)) this.hints.delete(id);
    this.events.emit('batches');
    for (const batch of batches) {
      const old = before.get(batch.id);
      if (!old || isTerminal(old.state) || !isTerminal(batch.state)) continue;
      // The event log has the last word on the counts.
      if (this.progress.has(batch.id)) this.#quietly(this.readProgress(batch.id));
      this.events.emit('ended', batch);
    }
  }

  async #watch(): Promise<void> {
    if (this.#backend.state !== 'connected') return;
    const ids = watchedBatches(this.batches, this.#attention);
    const key = ids.join();
    if (key === this.#watched) return;
    this.#watched = key;
    await this.#backend.request('batch/watch', { ids });
    await Promise.all(ids.map(id => this.readProgress(id)));
  }

  #onChanged({ topic, id }: Changed): void {
    switch (topic) {
      case 'cluster':
        return this.#quietly(this.#readClusters());
      case 'batch':
        // An application that comes or goes is the cluster's news too.
        for (const name of this.#attention.shownClusters) this.#quietly(this.readDetail(name));
        return this.#quietly(this.#readBatches());
      case 'queue':
        return this.#quietly(this.#readBatches());
      case 'progress':
        if (this.progress.has(id) || newestActive(this.batches)?.id === id)
          this.#quietly(this.readProgress(id));
        return;
      case 'runtime':
        this.events.emit('runtime');
    }
  }

  #once(key: string, read: () => Promise<void>): Promise<void> {
    const reader = this.#readers.get(key) ?? coalesced(read);
    this.#readers.set(key, reader);
    return reader();
  }

  #quietly(work: Promise<void>): void {
    work.catch((error: unknown) => this.events.emit('failed', error));
  }
}
