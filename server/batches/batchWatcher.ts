import { existsSync } from 'node:fs';
import { isTerminal, type Batch, type BatchHistory, type BatchProgress } from '../protocol/batch.ts';
import { watchPath } from '../process/watchPath.ts';
import type { Changes } from '../store/changes.ts';
import type { MilestoneTimes } from './progress/milestones.ts';
import { ProgressSource } from './progress/progressSource.ts';
import { eventFolder } from './submitPlan.ts';

/** How often the driver is asked for live task counts, while someone looks. */
const askInterval = 1000;
/** Changes of the event log that come closer together than this are told as one. */
const gather = 100;
const keptSources = 32;

/** Knows how far batches are, and tells of it while someone looks at them; otherwise it does nothing. */
export class BatchWatcher {
  readonly #changes: Changes;
  readonly #get: (id: number) => Batch;
  readonly #looks = new Map<symbol, ReadonlySet<number>>();
  readonly #sources = new Map<number, ProgressSource>();
  readonly #watched = new Map<number, { timer: NodeJS.Timeout; unwatch: () => void }>();

  constructor(changes: Changes, get: (id: number) => Batch) {
    this.#changes = changes;
    this.#get = get;
    this.#changes.on(change => {
      if (change.topic === 'batch') this.#settle();
    });
  }

  /** Replaces what this watcher looked at. */
  watch(watcher: symbol, ids: readonly number[]): void {
    if (ids.length > 0) this.#looks.set(watcher, new Set(ids));
    else this.#looks.delete(watcher);
    this.#settle();
  }

  async progress(batch: Batch): Promise<BatchProgress> {
    return this.#source(batch).read(batch);
  }

  async history(batch: Batch): Promise<BatchHistory> {
    return this.#source(batch).history(batch);
  }

  async milestones(batch: Batch): Promise<MilestoneTimes> {
    return this.#source(batch).milestones();
  }

  forget(id: number): void {
    this.#sources.delete(id);
    this.#stop(id);
  }

  close(): void {
    this.#looks.clear();
    for (const id of this.#watched.keys()) this.#stop(id);
  }

  /** Watches what is looked at and runs, and nothing else. */
  #settle(): void {
    const wanted = new Set([...this.#looks.values()].flatMap(ids => [...ids]).filter(id => this.#runs(id)));
    for (const id of this.#watched.keys()) if (!wanted.has(id)) this.#stop(id);
    for (const id of wanted) if (!this.#watched.has(id)) this.#begin(id);
  }

  #runs(id: number): boolean {
    try {
      return !isTerminal(this.#get(id).state);
    } catch {
      return false;
    }
  }

  #begin(id: number): void {
    const tell = (): void => this.#changes.announce('progress', id);
    let gathering: NodeJS.Timeout | undefined;
    const tellSoon = (): void => {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        tell();
      }, gather);
    };
    // Until the driver's page is known there is nothing to ask it.
    const ask = (): void => {
      if (this.#get(id).sparkUiUrl !== undefined) tell();
    };
    const folder = eventFolder(this.#get(id).folder);
    // It hasn't been launched yet; this is done again at its next change of state.
    if (!existsSync(folder)) return;
    const unwatch = watchPath(folder, tellSoon, { recursive: true });
    this.#watched.set(id, { timer: setInterval(ask, askInterval), unwatch });
  }

  #stop(id: number): void {
    const watched = this.#watched.get(id);
    if (!watched) return;
    clearInterval(watched.timer);
    watched.unwatch();
    this.#watched.delete(id);
    this.#changes.announce('progress', id);
  }

  /** The least recently asked for are dropped: they can be read again from their event logs. */
  #source(batch: Batch): ProgressSource {
    const source = this.#sources.get(batch.id) ?? new ProgressSource(eventFolder(batch.folder));
    this.#sources.delete(batch.id);
    this.#sources.set(batch.id, source);
    for (const id of this.#sources.keys()) {
      if (this.#sources.size <= keptSources) break;
      this.#sources.delete(id);
    }
    return source;
  }
}
