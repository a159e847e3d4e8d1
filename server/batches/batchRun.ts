import { setTimeout as delay } from 'node:timers/promises';
import { isTerminal, type Batch } from '../protocol/batch.ts';
import type { AtFaultPoint } from '../process/faults.ts';
import { claimLaunch, readExit, readGroup } from '../process/launch.ts';
import { endMarked, findMarked, isMarkedAlive } from '../process/marked.ts';
import { watchPath } from '../process/watchPath.ts';
import type { BatchChange, BatchTable, StoredBatch } from './batchTable.ts';
import { conclude } from './conclude.ts';
import { readTail } from './output.ts';
import { findDriverUi } from './progress/driverApi.ts';
import { findApplicationId } from './progress/eventLogFiles.ts';
import { unfinishedJobs } from './progress/unfinishedJobs.ts';
import { eventFolder } from './submitPlan.ts';

/** How often it is looked whether the processes are still there, for the case that nothing tells. */
const lookInterval = 2000;
/** How long a wrapper that was started may take to say its process id. */
const beginLimit = 10_000;
const killGrace = 10_000;
/** How long a master may take to notice that a driver is gone. */
const masterLimit = 10_000;
const tailForReason = 64 * 1024;

export interface RunSurroundings {
  table: BatchTable;
  atFaultPoint: AtFaultPoint;
  /** What the cluster says of an application that has ended; undefined when it can't be asked. */
  clusterState: (batch: Batch, appId: string) => Promise<string | undefined>;
  onEnd: (batch: Batch) => void;
  log: (line: string) => void;
}

/**
 * Follows one batch from its launch to its end by what its processes write: the exit code into a file, the event log
 * into a folder. It makes no difference whether this backend launched them or an earlier one.
 */
export class BatchRun {
  readonly id: number;
  readonly #stored: StoredBatch;
  readonly #around: RunSurroundings;
  readonly #watches: (() => void)[] = [];
  readonly #began = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #findingUi = false;
  #ending: Promise<void> | undefined;

  constructor(stored: StoredBatch, surroundings: RunSurroundings) {
    this.id = stored.batch.id;
    this.#stored = stored;
    this.#around = surroundings;
  }

  /** The folders exist by now. */
  follow(): void {
    const { folder } = this.#stored.batch;
    const look = (): void => this.look();
    this.#watches.push(watchPath(folder, look), watchPath(eventFolder(folder), look));
    this.#timer = setInterval(look, lookInterval);
    this.look();
  }

  /** Reads what there is to know now. What can't be written down, on a full disk, is seen again at the next look. */
  look(): void {
    if (this.#closed) return;
    try {
      this.#look();
    } catch (error) {
      this.#around.log(`batch ${this.id}: ${String(error)}`);
    }
  }

  /** Ends every process of it. Answers when they are gone and the batch is in its final state. */
  async kill(): Promise<void> {
    const { batch, attempt } = this.#stored;
    this.#around.table.update(this.id, { killRequestedAt: Date.now() });
    this.#around.atFaultPoint('kill.written');
    // A wrapper that hasn't begun will never do so.
    claimLaunch(batch.folder, attempt);
    this.#around.atFaultPoint('kill.claimed');
    await endMarked(batch.folder, killGrace);
    this.#around.atFaultPoint('kill.signalled');
    await this.#applicationGone();
    await this.#end(readExit(batch.folder));
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const unwatch of this.#watches) unwatch();
  }

  #look(): void {
    const { table, atFaultPoint } = this.#around;
    const { batch, attempt, uiPort } = this.#stored;
    const now = table.find(this.id)?.batch;
    if (!now || isTerminal(now.state)) return this.close();

    const appId = now.appId ?? findApplicationId(eventFolder(batch.folder));
    if (appId && !now.appId) {
      table.update(this.id, { state: 'running', appId });
      atFaultPoint('run.identified');
    }
    if (appId && !now.sparkUiUrl) void this.#findUi(uiPort, appId);

    const exitCode = readExit(batch.folder);
    if (exitCode !== undefined) void this.#end(exitCode);
    else if (this.#isGone(batch.folder, readGroup(batch.folder, attempt))) {
      // The wrapper may have ended between the two looks, with its word written.
      void this.#end(readExit(batch.folder));
    }
  }

  #isGone(folder: string, group: number | undefined): boolean {
    if (group === undefined && performance.now() - this.#began < beginLimit) return false;
    return !(group !== undefined && isMarkedAlive(group, folder)) && findMarked(folder).length === 0;
  }

  /** Once; and again after a failure to write it down. */
  async #end(exitCode: number | undefined): Promise<void> {
    this.#ending ??= this.#writeEnd(exitCode).catch((error: unknown) => {
      this.#around.log(`batch ${this.id}: ${String(error)}`);
      this.#ending = undefined;
    });
    return this.#ending;
  }

  async #writeEnd(exitCode: number | undefined): Promise<void> {
    const { table, atFaultPoint, clusterState, onEnd } = this.#around;
    atFaultPoint('run.exitSeen');
    const { folder } = this.#stored.batch;
    const now = table.find(this.id)?.batch ?? this.#stored.batch;
    if (isTerminal(now.state)) return;
    const appId = now.appId ?? findApplicationId(eventFolder(folder));
    const [stdout, stderr, jobs, word] = await Promise.all([
      readTail(folder, 'stdout', tailForReason),
      readTail(folder, 'stderr', tailForReason),
      exitCode === 0 ? unfinishedJobs(eventFolder(folder)) : [],
      exitCode === 0 && appId ? clusterState(now, appId) : undefined,
    ]);
    const change: BatchChange = conclude({
      exitCode,
      killRequested: now.killRequestedAt !== undefined,
      tails: { stdout, stderr },
      unfinishedJobs: jobs,
      clusterState: word,
    });
    const { batch } = table.update(this.id, { ...change, sparkUiUrl: null, ...(appId && { appId }) });
    this.close();
    atFaultPoint('run.ended');
    onEnd(batch);
    // What the program left behind in the background ends with it.
    await endMarked(folder, killGrace);
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

  async #findUi(port: number, appId: string): Promise<void> {
    if (this.#findingUi) return;
    this.#findingUi = true;
    try {
      const url = await findDriverUi(port, appId);
      if (url && !this.#closed && !this.#ending) this.#around.table.update(this.id, { sparkUiUrl: url });
    } catch {
      // A driver that is busy starting doesn't answer in time. The next look asks again.
    } finally {
      this.#findingUi = false;
    }
  }
}
