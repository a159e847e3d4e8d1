import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { isTerminal, type Batch } from '../protocol/batch.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { AtFaultPoint } from '../process/faults.ts';
import { claimFile, claimLaunch, hasNotBegun, launch, marksOf, type Command } from '../process/launch.ts';
import { isExhausted } from '../process/isExhausted.ts';
import { isDiskFull } from '../store/database.ts';
import { withDriverHook } from '../startup/driverHook.ts';
import type { Startup } from '../startup/startup.ts';
import type { WarmDriver } from '../startup/warmDriver.ts';
import { removeReport } from './driverReport/readReport.ts';
import { writeWay } from './timing.ts';
import { BatchRun, type RunSurroundings } from './batchRun.ts';
import type { BatchTable } from './batchTable.ts';
import { withHeldUploads } from './heldUploads.ts';
import { isLocalDirNoted } from './localDir.ts';
import { nextInQueue } from './nextInQueue.ts';
import { readSparkDefaults } from './sparkDefaults.ts';
import type { StoredBatch } from './storedBatch.ts';
import { eventFolder, planSubmit, type SubmitPlan } from './submitPlan.ts';

/** How often it is tried again to launch what couldn't be, on a full disk for example. */
const retryInterval = 3000;
/** Each pause before one batch is tried again is twice the one before, up to this. */
const longestPause = 60_000;

export interface LauncherOptions {
  table: BatchTable;
  env: Readonly<Record<string, string>>;
  uploadsFolder: string;
  atFaultPoint: AtFaultPoint;
  clusterState: RunSurroundings['clusterState'];
  /** The master of a cluster as it is now. @throws SparkdeckError when the cluster takes no batches */
  masterOf: (cluster: string) => string;
  /** The settings with which a master lets an application of this team in. */
  authenticationAt: (master: string, team: string | undefined) => Record<string, string>;
  maxRunning: () => number;
  /** Whether a team has to wait, by its quota, until it may run this batch. */
  mustWait: (team: string, batch: StoredBatch) => boolean;
  /** @throws SparkdeckError for what a team's quota never lets run: it may be less than when the batch was accepted */
  checkQuota: (team: string, batch: StoredBatch) => void;
  startup: Startup;
  onEnd: (batch: Batch) => void;
  log: (line: string) => void;
}

/**
 * Launches batches in the order of their queue, so many at once, and has each followed to its end. Whatever a backend
 * that was killed had begun is taken up where it stands: nothing is launched twice, and nothing is forgotten.
 */
export class Launcher {
  readonly #options: LauncherOptions;
  readonly #surroundings: RunSurroundings;
  readonly #runs = new Map<number, BatchRun>();
  /** Begun by an earlier backend, or not to be launched when it was tried: when each is to be taken up. */
  readonly #left = new Map<number, number>();
  /** Milliseconds for which each was left last, when it couldn't be launched. */
  readonly #pauses = new Map<number, number>();
  #retry: NodeJS.Timeout | undefined;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.#surroundings = {
      ...options,
      onEnd: batch => {
        this.#runs.delete(batch.id);
        this.#pauses.delete(batch.id);
        options.onEnd(batch);
        this.#tellStartup(batch.id);
        this.launchNext();
        options.startup.resting(this.running === 0);
      },
    };
  }

  get running(): number {
    return this.#runs.size + this.#left.size;
  }

  /** Takes up what an earlier backend left, and from now on launches what waits. */
  recover(): void {
    for (const stored of this.#options.table.unfinished()) {
      if (stored.batch.state !== 'not_started') this.#left.set(stored.batch.id, 0);
    }
    this.#retry = setInterval(() => this.launchNext(), retryInterval);
    this.launchNext();
    const unfinished = this.#options.table.unfinished().map(({ batch }) => batch.folder);
    this.#options.startup.recover(new Set(unfinished.flatMap(marksOf)));
    this.#options.startup.resting(this.running === 0);
  }

  /** Launches those that are next in the queue, while there is room. What can't be is tried again later. */
  launchNext(): void {
    if (!this.#retry) return;
    try {
      for (const [id, due] of [...this.#left]) if (due <= performance.now()) this.#takeUp(id);
      while (this.running < this.#options.maxRunning()) {
        const next = nextInQueue(this.#options.table, this.#options.mustWait);
        if (!next) return;
        this.#launchFirst(next);
      }
    } catch (error) {
      this.#options.log(`what waits can't be launched now: ${messageOf(error)}`);
    }
  }

  async kill(id: number): Promise<void> {
    const run = this.#runs.get(id);
    if (run) return run.kill();
    const change = { killRequestedAt: Date.now() };
    if (this.#left.has(id)) {
      this.#options.table.update(id, change);
      this.#left.set(id, 0);
      this.launchNext();
    } else
      this.#endUnstarted(id, {
        ...change,
        state: 'killed',
        reason: 'killed on request before it was started',
      });
  }

  close(): void {
    clearInterval(this.#retry);
    this.#retry = undefined;
    for (const run of this.#runs.values()) run.close();
  }

  #takeUp(id: number): void {
    // As it is now: it may have been killed since.
    const stored = this.#options.table.find(id);
    if (!stored || isTerminal(stored.batch.state)) {
      this.#left.delete(id);
      return;
    }
    const { batch, attempt } = stored;
    try {
      const isUnbegun = claimLaunch(batch.folder, attempt);
      this.#left.delete(id);
      // A killed one that never began is ended by its run, which finds no process.
      if (isUnbegun && batch.killRequestedAt === undefined) this.#orEnd(id, () => this.#launch(stored));
      else this.#follow(stored);
    } catch (error) {
      this.#putOff(id, error);
    }
  }

  #launchFirst(stored: StoredBatch): void {
    const { id, cluster, killRequestedAt, request, team } = stored.batch;
    if (killRequestedAt !== undefined) {
      return this.#endUnstarted(id, { state: 'killed', reason: 'killed on request before it was started' });
    }
    this.#orEnd(id, () => {
      if (team !== undefined) this.#options.checkQuota(team, stored);
      const isOwnMaster = request.conf?.['spark.master'] !== undefined;
      const master = cluster === undefined || isOwnMaster ? stored.master : this.#options.masterOf(cluster);
      this.#launch(master === stored.master ? stored : this.#options.table.update(id, { master }));
    });
  }

  /** Ends a batch that can't be launched at any time. */
  #orEnd(id: number, launchIt: () => void): void {
    try {
      launchIt();
    } catch (error) {
      if (!(error instanceof SparkdeckError) || isPassing(error)) throw error;
      this.#endUnstarted(id, { state: 'dead', reason: `It couldn't be started: ${error.message}` });
    }
  }

  /** It was accepted, so it waits for space or whatever is wanting, and is taken up again. */
  #putOff(id: number, error: unknown): void {
    const pause = Math.min((this.#pauses.get(id) ?? retryInterval / 2) * 2, longestPause);
    this.#pauses.set(id, pause);
    this.#left.set(id, performance.now() + pause);
    this.#options.log(`batch ${id} can't be launched now: ${messageOf(error)}`);
  }

  /** What became of a launch of this backend's. */
  #launched(stored: StoredBatch, failure: Error | undefined): void {
    const { id, folder } = stored.batch;
    const run = this.#runs.get(id);
    if (!run || !this.#retry) return;
    if (!hasNotBegun(folder) && !isPassing(failure)) return run.look();
    const now = this.#options.table.find(id)?.batch;
    // The run sees to the end of one that is being killed.
    if (!now || isTerminal(now.state) || now.killRequestedAt !== undefined) return run.look();
    run.close();
    this.#runs.delete(id);
    this.#putOff(id, failure ?? new Error('its launch could not be claimed'));
  }

  #launch(stored: StoredBatch): void {
    const { table, atFaultPoint } = this.#options;
    const { id, folder, state } = stored.batch;
    if (isTerminal(state)) return;
    const workingFolder = stored.batch.request.workingFolder ?? folder;
    if (workingFolder !== folder && !existsSync(workingFolder)) {
      throw new SparkdeckError('file.missing', `the working folder ${workingFolder} is gone.`);
    }
    // Written down before it is done: a backend that comes back knows that this attempt may have begun.
    const next = table.update(id, {
      attempt: stored.attempt + 1,
      ...(state === 'not_started' && { state: 'starting' }),
    });
    atFaultPoint('launch.written');
    this.#options.startup.resting(false);
    try {
      this.#start(next, workingFolder);
    } catch (error) {
      if (isPassing(error)) this.#putOff(id, error);
      else this.#endUnstarted(id, { state: 'dead', reason: `It couldn't be started: ${messageOf(error)}` });
      return;
    }
    this.#follow(next);
  }

  #start(stored: StoredBatch, workingFolder: string): void {
    const { startup, atFaultPoint } = this.#options;
    const { folder } = stored.batch;
    mkdirSync(eventFolder(folder), { recursive: true, mode: 0o700 });
    const plan = this.#plan(stored, workingFolder);
    writeFileSync(plan.propertiesFile, plan.properties, { mode: 0o600 });
    removeReport(folder);
    const start = startup.choose({ ...plan, runtime: stored.runtime });
    writeWay(folder, start.way, start.fallback);
    atFaultPoint('launch.prepared');
    if (start.driver) {
      this.#hand(stored, start.driver, plan.command.args, start.command);
      return atFaultPoint('launch.handed');
    }
    launch(start.command, folder, stored.attempt, failure => this.#launched(stored, failure));
    atFaultPoint('launch.spawned');
  }

  /** When the driver doesn't take it, it is as after a crash between the two: whoever claims the launch may start it. */
  #hand(stored: StoredBatch, driver: WarmDriver, args: readonly string[], { env }: Command): void {
    const { folder, id } = stored.batch;
    driver.hand({ claim: claimFile(folder, stored.attempt), folder, args, env }, () => {
      const now = this.#options.table.find(id)?.batch;
      // The run that follows it sees to its end.
      if (!now || isTerminal(now.state) || now.killRequestedAt !== undefined) return;
      this.#runs.get(id)?.close();
      this.#runs.delete(id);
      this.#left.set(id, 0);
      this.launchNext();
    });
  }

  #plan(stored: StoredBatch, workingFolder: string): SubmitPlan {
    const { env, startup, uploadsFolder: uploads } = this.#options;
    const { folder: batch, request } = stored.batch;
    const plan = planSubmit({
      ...stored,
      ...stored.batch,
      request: withHeldUploads(request, { uploads, batch }, existsSync),
      master: stored.master,
      workingFolder,
      baseEnv: env,
      sparkDefaults: readSparkDefaults(request, { env, runtime: stored.runtime, workingFolder }),
      // A master of somebody else's may have workers with another Java.
      authentication: this.#options.authenticationAt(stored.master, teamAtMaster(stored.batch)),
      executorOptions: isOnOurs(stored.batch) ? startup.jvmOptions(stored.runtime) : [],
      namesLocalDir: isLocalDirNoted(batch),
    });
    const hooked = withDriverHook(plan.command.env, { file: request.file, master: stored.master });
    return { ...plan, command: { ...plan.command, env: hooked } };
  }

  /** What was run is often run again. */
  #tellStartup(id: number): void {
    const stored = this.#options.table.find(id);
    if (!stored) return;
    const { request, folder } = stored.batch;
    try {
      const plan = this.#plan(stored, request.workingFolder ?? folder);
      this.#options.startup.ended({ ...plan, runtime: stored.runtime });
    } catch (error) {
      this.#options.log(`no driver is kept for the next run of batch ${id}: ${messageOf(error)}`);
    }
  }

  #endUnstarted(id: number, change: Parameters<BatchTable['update']>[1]): void {
    this.#pauses.delete(id);
    this.#options.onEnd(this.#options.table.update(id, change).batch);
  }

  #follow(stored: StoredBatch): void {
    const run = new BatchRun(stored, this.#surroundings);
    this.#runs.set(stored.batch.id, run);
    run.follow();
  }
}

/** Whether what failed may succeed later, as it is. */
const isPassing = (error: unknown): boolean => isDiskFull(error) || isExhausted(error);

/** Whose clusters a master's secret is given for: of any team's for a batch that was admitted to the cluster by its name. */
function teamAtMaster({ cluster, request, team }: Batch): string | undefined {
  return cluster !== undefined && request.conf?.['spark.master'] === undefined ? undefined : team;
}

/** On a cluster of this backend's, with the runtime that the cluster has. */
function isOnOurs({ cluster, request }: Batch): boolean {
  return (
    cluster !== undefined && request.runtime === undefined && request.conf?.['spark.master'] === undefined
  );
}
