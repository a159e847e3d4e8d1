import { join } from 'node:path';
import {
  isTerminal,
  type Batch,
  type BatchHistory,
  type BatchProgress,
  type BatchRequest,
  type Problem,
} from '../protocol/batch.ts';
import type { Application, ClusterDetail } from '../protocol/cluster.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type {
  LogFilesParams,
  LogFilesResult,
  LogReadParams,
  LogReadResult,
  LogSearchParams,
  LogSearchResult,
} from '../protocol/log.ts';
import type { Params, Result } from '../protocol/methods.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Usage } from '../protocol/team.ts';
import type { BatchTiming } from '../protocol/timing.ts';
import { redactText } from '../redaction/redactText.ts';
import { shownBatch, withoutSecrets } from '../redaction/shownBatch.ts';
import type { Changes } from '../store/changes.ts';
import { Acceptance, type AcceptanceOptions, type SubmitContext } from './acceptance.ts';
import { BatchKeeper } from './batchKeeper.ts';
import { BatchQueue } from './batchQueue.ts';
import type { BatchPage, BatchTable } from './batchTable.ts';
import { BatchWatcher } from './batchWatcher.ts';
import { readReportedErrors } from './driverReport/readReportedErrors.ts';
import { Launcher } from './launcher.ts';
import { outputStamp, readTail } from './output.ts';
import { LineReader, type OutputLines } from './outputLines.ts';
import { OutputReader } from './outputReader.ts';
import { heldFolder } from './heldUploads.ts';
import { findProblems } from './problems.ts';
import { bytesForErrors } from './tracebacks/uncaught.ts';
import { lineIn, sourceFiles } from './sourceFiles.ts';
import { searchOutput } from './searchOutput.ts';
import { shellLine } from './shellLine.ts';
import type { Demand, StoredBatch } from './storedBatch.ts';
import { submitArguments } from './submitPlan.ts';
import { readTiming } from './timing.ts';

/** Milliseconds. */
const usualKillLimit = 60_000;
/** Of one page of batches, in characters as they are kept: it is made in one turn of the event loop. */
const largestList = 4 * 1024 ** 2;

export interface BatchesOptions extends AcceptanceOptions {
  changes: Changes;
  /** What a cluster says of an application that has ended. */
  clusterState: (batch: Batch, appId: string) => Promise<string | undefined>;
  settings: () => Settings;
  quotas: BatchQuotas;
  /** How long a kill is waited for, in milliseconds; a minute unless given. */
  killLimit?: number;
  log: (line: string) => void;
}

/** What batches need to know of teams. */
export type BatchQuotas = AcceptanceOptions['quotas'] & {
  /** Whether a team has to wait until it may run this beside what it uses. */
  mustWait(team: string, usage: Usage, demand: Demand | undefined): boolean;
};

/** The batches of this backend: submitted, followed, killed, run again, remembered. */
export class Batches {
  readonly #options: BatchesOptions;
  readonly #table: BatchTable;
  readonly #acceptance: Acceptance;
  readonly #launcher: Launcher;
  readonly #keeper: BatchKeeper;
  readonly #queue: BatchQueue;
  readonly #watcher: BatchWatcher;
  readonly #output: OutputReader;
  readonly #lines = new LineReader();

  constructor(options: BatchesOptions) {
    this.#options = options;
    this.#table = options.table;
    this.#acceptance = new Acceptance(options);
    this.#launcher = new Launcher({
      ...options,
      maxRunning: () => options.settings().maxRunning ?? Math.max(2, options.machine.cores),
      mustWait: (team, { demand }) => options.quotas.mustWait(team, options.table.usage(team), demand),
      checkQuota: (team, { demand }) => options.quotas.check(team, demand),
      masterOf: cluster => options.clusters.running(cluster).masterUrl,
      authenticationAt: (master, team) => options.clusters.authenticationAt(master, team),
      onEnd: batch => {
        this.#queue.tell();
        void this.#keeper.tidy(batch);
      },
    });
    this.#queue = new BatchQueue(options.table, options.changes);
    this.#keeper = new BatchKeeper({ ...options, forget: id => this.#watcher.forget(id) });
    this.#watcher = new BatchWatcher(options.changes, id => this.#get(id));
    this.#output = new OutputReader(options.changes, id => this.#get(id));
  }

  /**
   * Takes up, after a start of the backend, what an earlier one left.
   * @param isAsLeft whether the database is as the last backend closed it: then it knows all numbers that were given
   */
  recover({ isAsLeft = false } = {}): void {
    if (!isAsLeft) this.#table.countFromFolders();
    this.#launcher.recover();
    this.#keeper.begin();
  }

  close(): void {
    this.#launcher.close();
    this.#keeper.close();
    this.#queue.close();
    this.#watcher.close();
  }

  /** Where each has a folder of its number. */
  get folder(): string {
    return this.#options.folder;
  }

  /** Where uploads are held for a team's batches that haven't ended. */
  heldUploads(team: string | undefined): string[] {
    return this.#table
      .unfinished()
      .filter(({ batch }) => batch.team === team)
      .map(({ batch }) => heldFolder(batch.folder));
  }

  get anyUp(): boolean {
    return this.#launcher.running > 0;
  }

  /**
   * Writes the batch down. Once this has answered it will run exactly once, whatever becomes of the backend.
   * @throws SparkdeckError for every request that can be seen to fail
   */
  async submit(params: Params<'batch/submit'>, context: SubmitContext = {}): Promise<Batch> {
    const { id } = await this.#acceptance.accept(params, context);
    setImmediate(() => this.#launcher.launchNext());
    return this.get(id);
  }

  /** As everybody else below: without the secrets of its request. */
  get(id: number): Batch {
    const batch = this.#get(id);
    return this.#shown([batch])[0] ?? shownBatch(batch);
  }

  /** Its request with all secrets, to run it again. Not to be shown to anybody. */
  requestOf(id: number): BatchRequest {
    return this.#get(id).request;
  }

  /** @param team only its own, when given */
  list(params: Params<'batch/list'>, team?: string): Result<'batch/list'> {
    const { limit = 100, before, states } = params;
    const { found, isShort } = this.#table.listWithin(largestList, {
      limit,
      team,
      ...(before !== undefined && { before }),
      ...(states && { states }),
    });
    const last = found.at(-1);
    return {
      revision: this.#options.changes.revision,
      total: this.#table.count(team),
      batches: this.#shown(found.map(({ batch }) => batch)),
      ...(last && (isShort || found.length === limit) && { next: last.batch.id }),
    };
  }

  /** Oldest first, from the one at this place of the whole list. */
  page(page: BatchPage): { total: number; batches: Batch[] } {
    const { total, found } = this.#table.page(page, largestList);
    return { total, batches: this.#shown(found.map(({ batch }) => batch)) };
  }

  /** Of all batches: changes with whatever `get`, `list` and `page` answer. */
  get version(): string {
    return this.#options.changes.version;
  }

  /**
   * Whose a batch is, and what changes with whatever `get` answers for it; undefined when there is none.
   * @param withOutput also with its output
   */
  stamp(id: number, withOutput: boolean): { team?: string; stamp: string } | undefined {
    const found = this.#table.glance(id);
    if (!found) return undefined;
    const { team, waits, revision } = found;
    const output = withOutput ? outputStamp(join(this.folder, String(id))) : '';
    const stamp = `${waits ? this.version : revision} ${output}`;
    return { ...(team !== undefined && { team }), stamp };
  }

  find(id: number): Batch | undefined {
    const found = this.#table.find(id);
    return found && shownBatch(found.batch);
  }

  /** The newest of that name. */
  findByName(name: string, among: Parameters<BatchTable['findByName']>[1]): Batch | undefined {
    const found = this.#table.findByName(name, among);
    return found && shownBatch(found.batch);
  }

  /** The ids of those that a client who knows a revision should read again. */
  changedSince(revision: number, limit: number, team?: string): number[] {
    return this.#table.changedSince(revision, limit, team);
  }

  /** Whose a batch is; undefined when there is none of that id. */
  whose(id: number): { team?: string } | undefined {
    return this.#table.whose(id);
  }

  countByState(): Map<string, number> {
    return this.#table.countByState();
  }

  /** What a team's batches take now. */
  usage(team: string): Usage {
    return this.#table.usage(team);
  }

  async await(id: number, signal: AbortSignal): Promise<Batch> {
    const ended = (): Batch | undefined => {
      const batch = this.#get(id);
      return isTerminal(batch.state) ? batch : undefined;
    };
    return shownBatch(await this.#options.changes.until('batch', id, ended, signal));
  }

  /**
   * Answers when every process of it is gone.
   * @throws SparkdeckError batch.ending when that takes too long; it goes on
   */
  async kill(id: number): Promise<Batch> {
    if (isTerminal(this.#get(id).state)) return this.get(id);
    const late = AbortSignal.timeout(this.#options.killLimit ?? usualKillLimit);
    const ended = this.await(id, late);
    try {
      return await Promise.race([ended, this.#launcher.kill(id).then(() => ended)]);
    } catch (error) {
      if (error !== late.reason) throw error;
      throw new SparkdeckError(
        'batch.ending',
        `Batch ${id} is still being ended: a process of it doesn't go. Look at it again in a moment.`,
        { cause: error },
      );
    }
  }

  /** Puts a batch that waits at another place of the queue: 1 is next. */
  move(id: number, position: number): Batch {
    this.#queue.move(this.#get(id), position);
    return this.get(id);
  }

  /** Before a cluster is stopped: kills what runs on it, or refuses while something does. */
  async leaveCluster(name: string, force: boolean): Promise<void> {
    const there = this.#table.unfinished().filter(({ batch }) => batch.cluster === name);
    if (there.length > 0 && !force) {
      throw new SparkdeckError(
        'cluster.busy',
        `${there.length === 1 ? 'A batch runs' : `${there.length} batches run`} on "${name}" (${there.map(({ batch }) => `${batch.id} ${batch.name}`).join(', ')}). ` +
          'Kill them first, or stop the cluster by force: that kills them.',
      );
    }
    await Promise.all(there.map(({ batch }) => this.kill(batch.id)));
  }

  /** Answers when its folder is gone too. */
  async remove(id: number): Promise<void> {
    const batch = this.#get(id);
    if (!isTerminal(batch.state)) {
      throw new SparkdeckError(
        'batch.running',
        `Batch ${id} is ${batch.state}. Kill it first, then remove it.`,
      );
    }
    this.#keeper.remove([id]);
    await this.#keeper.removed();
  }

  /** Has the settings hold at once. */
  applyPolicy(): void {
    this.#options.startup.applySettings();
    this.#launcher.launchNext();
    this.#queue.tell();
    this.#keeper.applyPolicy();
  }

  async progress(id: number): Promise<BatchProgress> {
    const batch = this.#get(id);
    return withoutSecrets(await this.#watcher.progress(batch), batch.request);
  }

  async history(id: number): Promise<BatchHistory> {
    const batch = this.#get(id);
    return withoutSecrets(await this.#watcher.history(batch), batch.request);
  }

  async timing(id: number): Promise<BatchTiming> {
    const milestones = await this.#watcher.milestones(this.#get(id));
    return readTiming(this.#get(id), milestones);
  }

  /** Which batches someone looks at: only for these is the driver asked. */
  watch(watcher: symbol, ids: readonly number[]): void {
    this.#watcher.watch(watcher, ids);
  }

  /** Says of a cluster's applications which batches they are. */
  recognise(detail: ClusterDetail, place: { cluster: string } | { master: string }): ClusterDetail {
    const recognised = (app: Application): Application => {
      const stored = this.#table.findByApplication(app.id, place);
      const shown = { ...app, name: redactText(app.name).text };
      return stored ? { ...withoutSecrets(shown, stored.batch.request), batchId: stored.batch.id } : shown;
    };
    return { ...detail, active: detail.active.map(recognised), completed: detail.completed.map(recognised) };
  }

  async problems(id: number): Promise<Problem[]> {
    const batch = this.#get(id);
    const [stdout, stderr] = await Promise.all([
      readTail(batch.folder, 'stdout', bytesForErrors),
      readTail(batch.folder, 'stderr', bytesForErrors),
    ]);
    const sources = sourceFiles(batch, this.#options.uploadsFolder);
    const reported = readReportedErrors(batch.folder, lineIn(sources));
    const end = { exitCode: batch.exitCode };
    const problems = findProblems({ stdout, stderr }, end, sources, reported).map(problem => ({
      ...problem,
      message: redactText(problem.message).text,
    }));
    return withoutSecrets(problems, batch.request);
  }

  /** As it is shown: secrets left out. */
  command(id: number): string {
    const { batch, master, runtime } = this.#stored(id);
    const { request } = shownBatch(batch);
    const args = submitArguments(request, {
      master: redactText(master).text,
      conf: Object.entries(request.conf ?? {}),
    });
    return shellLine([join(runtime.spark.home, 'bin', 'spark-submit'), ...args]);
  }

  async logFiles(params: LogFilesParams, signal: AbortSignal): Promise<LogFilesResult> {
    return this.#output.files(params, signal);
  }

  async readLog(params: LogReadParams, signal: AbortSignal): Promise<LogReadResult> {
    return this.#output.read(params, signal);
  }

  /** The last lines of its output, under the headings of `readLines`. */
  async lastLines(id: number, count: number, signal: AbortSignal): Promise<string[]> {
    return this.#lines.last(this.#get(id), count, signal);
  }

  /** Output by the numbers of its lines. @param from absent or negative: the last ones. @param size negative: all */
  async readLines(
    id: number,
    from: number | undefined,
    size: number,
    signal: AbortSignal,
  ): Promise<OutputLines> {
    return this.#lines.read(this.#get(id), from, size, signal);
  }

  async searchLog(params: LogSearchParams, signal: AbortSignal): Promise<LogSearchResult> {
    return searchOutput(this.#get(params.id).folder, params, signal);
  }

  /** What leaves this room goes through here. */
  #shown(batches: readonly Batch[]): Batch[] {
    return this.#queue.place(batches).map(shownBatch);
  }

  #get(id: number): Batch {
    return this.#stored(id).batch;
  }

  #stored(id: number): StoredBatch {
    const stored = this.#table.find(id);
    if (stored) return stored;
    throw new SparkdeckError('batch.missing', `There is no batch ${id}. It may have been removed.`);
  }
}
