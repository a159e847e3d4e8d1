import { setTimeout as delay } from 'node:timers/promises';
import { isTerminal, type Batch } from '../protocol/batch.ts';
import type { AtFaultPoint } from '../process/faults.ts';
import { claimLaunch, hasNotBegun, readExit, readGroup } from '../process/launch.ts';
import { isListening } from '../process/listening.ts';
import { endMarked, findMarked, isMarkedAlive } from '../process/marked.ts';
import { watchPath } from '../process/watchPath.ts';
import type { BatchTable } from './batchTable.ts';
import { conclude } from './conclude.ts';
import { readReportedErrors } from './driverReport/readReportedErrors.ts';
import { readTail } from './output.ts';
import { findApplication, findDriverUi } from './progress/driverApi.ts';
import { findApplicationId } from './progress/eventLogFiles.ts';
import { unfinishedJobs } from './progress/unfinishedJobs.ts';
import { watchable } from './progress/whyNoProgress.ts';
import { isYoung } from './progress/youth.ts';
import { sourceFiles } from './sourceFiles.ts';
import type { StoredBatch } from './storedBatch.ts';
import { eventFolder } from './submitPlan.ts';
import { bytesForErrors } from './tracebacks/uncaught.ts';

/** How often it is looked whether the processes are still there, for the case that nothing tells. */
const lookInterval = 2000;
/** How long a wrapper that was started may take to say its process id. */
const beginLimit = 10_000;
const killGrace = 10_000;
/** How long a master may take to notice that a driver is gone. */
const masterLimit = 10_000;
/** Pauses between questions to the driver grow from here. */
const firstPause = 500;
/** A batch that shows no event log by then keeps it elsewhere, or has none. */
const silentAfter = 15_000;

export interface RunSurroundings {
  table: BatchTable;
  uploadsFolder: string;
  atFaultPoint: AtFaultPoint;
  /** What the cluster says of an application that has ended; undefined when it can't be asked. */
  clusterState: (batch: Batch, appId: string) => Promise<string | undefined>;
  onEnd: (batch: Batch) => void;
  log: (line: string) => void;
}

/**
 * Follows one batch from its launch to its end by what its processes write: the exit code into a file, the event log
 * into a folder. It makes no difference whether this backend launched them or an earlier one. Whatever fails on the way,
 * such as a write to a full disk, is tried again at the next look.
 */
export class BatchRun {
  readonly id: number;
  readonly #stored: StoredBatch;
  readonly #around: RunSurroundings;
  readonly #watches: (() => void)[] = [];
  readonly #began = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #logless: boolean | undefined;
  #asking: Promise<void> | undefined;
  #askAgainAt = 0;
  #askPause = firstPause;
  #ending: Promise<void> | undefined;
  #killing: Promise<void> | undefined;

  constructor(stored: StoredBatch, surroundings: RunSurroundings) {
    this.id = stored.batch.id;
    this.#stored = stored;
    this.#around = surroundings;
  }

  /** The folders exist by now. */
  follow(): void {
    const { folder } = this.#stored.batch;
    // The folder holds the logs too, which change at every line: only what tells of a beginning or an end is looked at.
    const tells = (name: string | null): boolean =>
      name === null || name === 'exit' || name.startsWith('pid-');
    this.#watches.push(
      watchPath(folder, name => tells(name) && this.look()),
      watchPath(eventFolder(folder), () => this.look()),
    );
    this.#timer = setInterval(() => this.look(), lookInterval);
    this.look();
  }

  /** Reads what there is to know now. */
  look(): void {
    if (this.#closed) return;
    try {
      this.#look();
    } catch (error) {
      this.#around.log(`batch ${this.id}: ${String(error)}`);
    }
  }

  /** Ends every process of it. Answers when they are gone and the batch is in its final state. */
  kill(): Promise<void> {
    this.#killing ??= this.#kill().finally(() => (this.#killing = undefined));
    return this.#killing;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const unwatch of this.#watches) unwatch();
  }

  async #kill(): Promise<void> {
    const { table, atFaultPoint, log } = this.#around;
    const { folder } = this.#stored.batch;
    if (table.find(this.id)?.batch.killRequestedAt === undefined) {
      table.update(this.id, { killRequestedAt: Date.now() });
    }
    atFaultPoint('kill.written');
    this.#claim();
    atFaultPoint('kill.claimed');
    if (!(await endMarked(folder, killGrace))) log(`batch ${this.id}: a process of it can't be ended`);
    atFaultPoint('kill.signalled');
    await this.#applicationGone();
    await this.#end(readExit(folder));
  }

  /** A wrapper that hasn't begun will never do so. */
  #claim(): void {
    try {
      claimLaunch(this.#stored.batch.folder, this.#stored.attempt);
    } catch {
      // On a full disk the wrapper can't begin either.
    }
  }

  #look(): void {
    const { table, atFaultPoint, log } = this.#around;
    const { batch, attempt } = this.#stored;
    const now = table.find(this.id)?.batch;
    if (!now || isTerminal(now.state)) return this.close();

    // A program may stop its SparkContext and make another.
    const appId = findApplicationId(eventFolder(batch.folder)) ?? now.appId;
    if (appId && appId !== now.appId) {
      table.update(this.id, { ...(now.state !== 'running' && { state: 'running' }), appId });
      this.#askAgainAt = 0;
      this.#askPause = firstPause;
      atFaultPoint('run.identified');
    }
    const isSilent = performance.now() - this.#began > silentAfter;
    if (!now.sparkUiUrl && (appId || isSilent || this.#hasNoLog())) this.#askDriver(appId);
    // Nothing will ever tell more of it than that its process is there.
    if (isSilent && now.state === 'starting' && this.#hasNoLog() && !watchable(batch.folder).hasUi) {
      if (findMarked(batch.folder).length > 0) table.update(this.id, { state: 'running' });
    }

    // The launcher, which is told when the wrapper has ended, starts it again.
    if (hasNotBegun(batch.folder) && now.killRequestedAt === undefined) return;
    const exitCode = readExit(batch.folder);
    if (exitCode !== undefined) void this.#end(exitCode);
    else if (this.#isGone(batch.folder, readGroup(batch.folder, attempt))) {
      // The wrapper may have ended between the two looks, with its word written.
      void this.#end(readExit(batch.folder));
    } else if (now.killRequestedAt !== undefined) {
      // An earlier backend was asked to, or the first try failed.
      this.kill().catch((error: unknown) => log(`batch ${this.id}: ${String(error)}`));
    }
  }

  /** By the settings of its launch, which are read once. */
  #hasNoLog(): boolean {
    this.#logless ??= watchable(this.#stored.batch.folder).why !== undefined;
    return this.#logless;
  }

  #isGone(folder: string, group: number | undefined): boolean {
    if (group === undefined && performance.now() - this.#began < beginLimit) return false;
    return !(group !== undefined && isMarkedAlive(group, folder)) && findMarked(folder).length === 0;
  }

  /** One at a time; and again after a failure to write it down. */
  async #end(exitCode: number | undefined): Promise<void> {
    this.#ending ??= this.#writeEnd(exitCode).catch((error: unknown) => {
      this.#around.log(`batch ${this.id}: ${String(error)}`);
      this.#ending = undefined;
    });
    return this.#ending;
  }

  async #writeEnd(exitCode: number | undefined): Promise<void> {
    const { table, uploadsFolder, atFaultPoint, clusterState, onEnd } = this.#around;
    atFaultPoint('run.exitSeen');
    const { folder } = this.#stored.batch;
    await this.#endLeftovers();
    const now = table.find(this.id)?.batch ?? this.#stored.batch;
    if (isTerminal(now.state)) return;
    const appId = findApplicationId(eventFolder(folder)) ?? now.appId;
    const [stdout, stderr, jobs, word] = await Promise.all([
      readTail(folder, 'stdout', bytesForErrors),
      readTail(folder, 'stderr', bytesForErrors),
      exitCode === 0 ? unfinishedJobs(eventFolder(folder)) : [],
      exitCode === 0 && appId ? clusterState(now, appId) : undefined,
    ]);
    const end = conclude({
      exitCode,
      // Asked for while the others were read, too.
      killRequested: table.find(this.id)?.batch.killRequestedAt !== undefined,
      tails: { stdout, stderr },
      reported: readReportedErrors(folder),
      unfinishedJobs: jobs,
      clusterState: word,
      sources: sourceFiles(now, uploadsFolder),
    });
    const { batch } = table.update(this.id, { ...end, sparkUiUrl: undefined, ...(appId && { appId }) });
    this.close();
    atFaultPoint('run.ended');
    onEnd(batch);
  }

  /** What the program left behind in the background ends with it, before its end is told. */
  async #endLeftovers(): Promise<void> {
    const { batch, attempt } = this.#stored;
    const wrapper = readGroup(batch.folder, attempt);
    if (findMarked(batch.folder).every(({ pid }) => pid === wrapper)) return;
    await endMarked(batch.folder, killGrace);
  }

  /** The master notices the end of a driver by its connection, mostly at once. */
  async #applicationGone(): Promise<void> {
    const batch = this.#around.table.find(this.id)?.batch;
    if (!batch?.appId) return;
    for (const limit = performance.now() + masterLimit; performance.now() < limit; await delay(100)) {
      const state = await this.#around.clusterState(batch, batch.appId);
      if (state !== 'RUNNING' && state !== 'WAITING') return;
    }
    this.#around.log(`batch ${this.id}: its master still lists ${batch.appId}`);
  }

  /** Where the driver's page is; without an event log of ours, the driver also says which application it is. */
  #askDriver(appId: string | undefined): void {
    if (this.#asking || performance.now() < this.#askAgainAt) return;
    this.#asking = this.#readDriver(appId)
      .catch(() => undefined) // A driver that is busy starting doesn't answer in time.
      .finally(() => {
        this.#askAgainAt = performance.now() + this.#askPause;
        this.#askPause = Math.min(this.#askPause * 1.5, 30_000);
        this.#asking = undefined;
      });
  }

  async #readDriver(appId: string | undefined): Promise<void> {
    const { table } = this.#around;
    const { uiPort } = this.#stored;
    const found = appId ? { appId, url: await this.#findUi(appId) } : await findApplication(uiPort);
    if (!found?.url || this.#closed || this.#ending) return;
    const now = table.find(this.id)?.batch;
    table.update(this.id, {
      sparkUiUrl: found.url,
      ...(now?.appId === undefined && { appId: found.appId }),
      ...(now?.state === 'starting' && { state: 'running' }),
    });
  }

  /** The driver is asked only where its page isn't to be seen, and not while it starts. */
  async #findUi(appId: string): Promise<string | undefined> {
    const { batch, uiPort } = this.#stored;
    const pids = findMarked(batch.folder).map(({ pid }) => pid);
    if (isListening(pids, uiPort)) return `http://127.0.0.1:${uiPort}`;
    const now = this.#around.table.find(this.id)?.batch ?? batch;
    return isYoung(now) ? undefined : findDriverUi(uiPort, appId);
  }
}
