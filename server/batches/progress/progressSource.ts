import { dirname } from 'node:path';
import { isTerminal, type Batch, type BatchHistory, type BatchProgress } from '../../protocol/batch.ts';
import { findHints } from '../hints/findHints.ts';
import { readDriver, type LiveProgress } from './driverApi.ts';
import { EventLogReader } from './eventLogReader.ts';
import { applicationIds } from './eventLogFiles.ts';
import { withEarlier } from './withEarlier.ts';
import { mergeLive } from './mergeLive.ts';
import type { MilestoneTimes } from './milestones.ts';
import { watchable, whyBroken, whySilent, whyUnreadable } from './whyNoProgress.ts';
import { isYoung } from './youth.ts';

type Watched = Pick<Batch, 'id' | 'state' | 'transitions' | 'appId' | 'sparkUiUrl'>;

/** How far one batch is, as told by its event log and, while it runs, by its driver. */
export class ProgressSource {
  /** Of the latest application. */
  readonly #reader: EventLogReader;
  readonly #earlier = new Map<string, EventLogReader>();
  readonly #events: string;
  /** The batch's. */
  readonly #folder: string;

  /** @param eventFolder the batch's `spark.eventLog.dir`; it may not exist yet */
  constructor(eventFolder: string) {
    this.#events = eventFolder;
    this.#folder = dirname(eventFolder);
    this.#reader = new EventLogReader(eventFolder);
  }

  read(batch: Watched): Promise<BatchProgress> {
    return this.#read(batch, false);
  }

  /** With metrics, and what follows from them. */
  async history(batch: Watched): Promise<BatchHistory> {
    const progress = await this.#read(batch, true);
    const measured = { progress, ...this.#reader.model.measures() };
    return { ...measured, hints: findHints(measured) };
  }

  /** As far as the event log goes. */
  async milestones(): Promise<MilestoneTimes> {
    await this.#reader.read();
    return this.#reader.model.milestones;
  }

  async #read(batch: Watched, measured: boolean): Promise<BatchProgress> {
    const live = await this.#askDriver(batch);
    // Read after the driver was asked: what has ended since is then known to have ended.
    await this.#reader.read();
    const { model, unreadable } = this.#reader;
    for (const stage of live?.stages ?? []) model.seenActive(stage.stageId);
    if (isTerminal(batch.state)) model.settle(batch.transitions.at(-1)?.at ?? 0);
    const snapshot = model.snapshot(batch.id, measured);
    const appId = snapshot.appId ?? this.#reader.appId ?? batch.appId;
    const unavailable = this.#whyUnavailable(batch);
    const identified = {
      ...snapshot,
      ...(appId === undefined ? {} : { appId }),
      ...(unavailable === undefined ? {} : { unavailable }),
      ...(unreadable === undefined ? {} : { unreadable }),
    };
    const latest = live && !isTerminal(batch.state) ? mergeLive(identified, live) : identified;
    return withEarlier(latest, await this.#readEarlier(batch, measured));
  }

  #whyUnavailable(batch: Watched): string | undefined {
    const { appId, broken, unreadable } = this.#reader;
    if (unreadable !== undefined) return whyUnreadable(unreadable);
    if (broken) return whyBroken;
    if (appId !== undefined || batch.state === 'not_started') return undefined;
    // By the driver's page there is an application, but it has no log here.
    return watchable(this.#folder).why ?? (batch.appId === undefined ? undefined : whySilent);
  }

  /** A program may stop its SparkContext and make another: those before the latest. */
  async #readEarlier(batch: Watched, measured: boolean): Promise<BatchProgress[]> {
    const latest = this.#reader.appId;
    const ids = applicationIds(this.#events).filter(id => latest !== undefined && id < latest);
    for (const id of this.#earlier.keys()) if (!ids.includes(id)) this.#earlier.delete(id);
    const earlier: BatchProgress[] = [];
    for (const appId of ids) {
      const reader = this.#earlier.get(appId) ?? new EventLogReader(this.#events, appId);
      this.#earlier.set(appId, reader);
      await reader.read();
      if (isTerminal(batch.state)) reader.model.settle(batch.transitions.at(-1)?.at ?? 0);
      earlier.push({ ...reader.model.snapshot(batch.id, measured), appId });
    }
    return earlier;
  }

  async #askDriver(batch: Watched): Promise<LiveProgress | undefined> {
    const appId = this.#reader.appId ?? batch.appId;
    if (isTerminal(batch.state) || batch.sparkUiUrl === undefined || appId === undefined) return undefined;
    if (isYoung(batch)) return undefined;
    try {
      return await readDriver(batch.sparkUiUrl, appId, AbortSignal.timeout(answerTime));
    } catch {
      return undefined; // too slow to answer: the event log still says something
    }
  }
}

/** Milliseconds. A driver in a long garbage collection must not make the editor wait. */
const answerTime = 2000;
