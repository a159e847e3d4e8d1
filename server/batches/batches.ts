import { existsSync, readFileSync, rmSync, mkdirSync, writeFileSync, watch } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { Value } from 'typebox/value';
import { BatchRequest, isTerminal, type Batch, type BatchProgress, type Problem } from '../protocol/batch.ts';
import type { Application, Cluster, ClusterDetail } from '../protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { LogReadParams, LogReadResult } from '../protocol/log.ts';
import type { Params, Result } from '../protocol/methods.ts';
import type { Runtime, RuntimePreference } from '../protocol/runtime.ts';
import { claimLaunch, launch } from '../process/launch.ts';
import { freePorts } from '../process/ports.ts';
import type { Changes } from '../store/changes.ts';
import { BatchRun } from './batchRun.ts';
import type { BatchTable, StoredBatch } from './batchTable.ts';
import { checkMemory } from './checkMemory.ts';
import { checkRequest } from './checkRequest.ts';
import { outputFile, readOutput, readTail } from './output.ts';
import { findProblems } from './problems.ts';
import { BatchWatcher } from './batchWatcher.ts';
import { shellLine } from './shellLine.ts';
import { eventFolder, planSubmit, submitArguments } from './submitPlan.ts';

const tailForProblems = 1024 * 1024;

type RunningCluster = Cluster & { masterUrl: string; uiUrl: string; runtime: Runtime };

/** The batches of this backend: submitted, followed, killed, run again, remembered. */
export class Batches {
  readonly #table: BatchTable;
  readonly #changes: Changes;
  readonly #clusters: { list(): Cluster[]; running(name: string): RunningCluster };
  readonly #resolveRuntime: (preference: RuntimePreference) => Promise<Runtime>;
  readonly #machineMemory: number;
  readonly #env: Readonly<Record<string, string>>;
  readonly #runs = new Map<number, BatchRun>();
  readonly #watcher: BatchWatcher;

  constructor(options: {
    table: BatchTable;
    changes: Changes;
    clusters: { list(): Cluster[]; running(name: string): RunningCluster };
    resolveRuntime: (preference: RuntimePreference) => Promise<Runtime>;
    /** bytes */
    machineMemory: number;
    env: Readonly<Record<string, string>>;
  }) {
    this.#table = options.table;
    this.#changes = options.changes;
    this.#clusters = options.clusters;
    this.#resolveRuntime = options.resolveRuntime;
    this.#machineMemory = options.machineMemory;
    this.#env = options.env;
    this.#watcher = new BatchWatcher(this.#changes, id => this.get(id));
  }

  /** Takes up, after a start of the backend, what an earlier one left: launches what it hadn't, follows what runs. */
  recover(): void {
    for (const stored of this.#table.unfinished()) {
      const { batch, attempt } = stored;
      if (batch.killRequestedAt !== undefined) {
        this.#follow(stored, run => void run.kill());
      } else if (batch.state === 'not_started' || claimLaunch(batch.folder, attempt) === undefined) {
        this.#launch(stored);
      } else {
        this.#follow(stored, run => run.follow());
      }
    }
  }

  close(): void {
    for (const run of this.#runs.values()) run.close();
    this.#watcher.close();
  }

  get anyUp(): boolean {
    return this.#runs.size > 0;
  }

  /**
   * Writes the batch down and launches it. Once this has answered the batch will run, whatever becomes of the backend.
   * @throws SparkdeckError for every request that can be seen to fail
   */
  async submit(params: Params<'batch/submit'>, rerunOf?: number): Promise<Batch> {
    const { idempotencyKey } = params;
    const first = idempotencyKey === undefined ? undefined : this.#table.findByKey(idempotencyKey);
    if (first) return first.batch;
    const request = await checkRequest(params.request);
    const { master, cluster } = this.#place(request);
    const runtime = await this.#runtimeFor(request, cluster);
    checkMemory(request, { machineMemory: this.#machineMemory, cluster });
    const [freePort] = await freePorts(1);
    // Another request with the same key may have come first while this one was looked at.
    const since = idempotencyKey === undefined ? undefined : this.#table.findByKey(idempotencyKey);
    if (since) return since.batch;
    const stored = this.#table.add({
      request,
      name: request.name ?? basename(request.file, extname(request.file)),
      ...(cluster && { cluster: cluster.spec.name }),
      master,
      runtime,
      uiPort: Number(request.conf?.['spark.ui.port']) || freePort || 4040,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(rerunOf !== undefined && { rerunOf }),
    });
    // A previous life of this data folder may have left a folder of that number.
    rmSync(stored.batch.folder, { recursive: true, force: true });
    setImmediate(() => this.#launch(stored));
    return stored.batch;
  }

  get(id: number): Batch {
    return this.#stored(id).batch;
  }

  list(params: Params<'batch/list'>): Result<'batch/list'> {
    const batches = this.#table
      .list({
        limit: params.limit ?? 100,
        ...(params.before !== undefined && { before: params.before }),
        ...(params.states && { states: params.states }),
      })
      .map(stored => stored.batch);
    return { revision: this.#changes.revision, total: this.#table.count(), batches };
  }

  async await(id: number, signal: AbortSignal): Promise<Batch> {
    const ended = (): Batch | undefined => {
      const batch = this.get(id);
      return isTerminal(batch.state) ? batch : undefined;
    };
    return this.#changes.until('batch', id, ended, signal);
  }

  async kill(id: number): Promise<Batch> {
    if (isTerminal(this.get(id).state)) return this.get(id);
    const run = this.#runs.get(id);
    if (run) await run.kill();
    else this.#table.update(id, { state: 'killed', reason: 'killed on request before it was started' });
    return this.await(id, AbortSignal.timeout(60_000));
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

  /** @throws SparkdeckError request.invalid when the changed request isn't one */
  async rerun(params: Params<'batch/rerun'>): Promise<Batch> {
    const { request } = this.get(params.id);
    const changed = Object.entries({ ...request, ...params.changes }).filter(([, value]) => value !== null);
    const next: unknown = Object.fromEntries(changed);
    if (!Value.Check(BatchRequest, next)) {
      const [problem] = Value.Errors(BatchRequest, next);
      throw new SparkdeckError(
        'request.invalid',
        `The changes don't fit: ${problem?.instancePath ?? ''} ${problem?.message ?? ''}`,
      );
    }
    return this.submit({ request: next }, params.id);
  }

  remove(id: number): void {
    const batch = this.get(id);
    if (!isTerminal(batch.state)) {
      throw new SparkdeckError(
        'batch.running',
        `Batch ${id} is ${batch.state}. Kill it first, then remove it.`,
      );
    }
    this.#watcher.forget(id);
    this.#table.remove(id);
    rmSync(batch.folder, { recursive: true, force: true });
  }

  async progress(id: number): Promise<BatchProgress> {
    return this.#watcher.progress(this.get(id));
  }

  /** Says of a cluster's applications which batches they are. */
  recognise(detail: ClusterDetail, cluster: string): ClusterDetail {
    const recognised = (app: Application): Application => {
      const stored = this.#table.findByApplication(app.id, cluster);
      return stored ? { ...app, batchId: stored.batch.id } : app;
    };
    return { ...detail, active: detail.active.map(recognised), completed: detail.completed.map(recognised) };
  }

  /** Which batches someone looks at: only for these is the driver asked. */
  watch(watcher: symbol, ids: readonly number[]): void {
    this.#watcher.watch(watcher, ids);
  }

  async problems(id: number): Promise<Problem[]> {
    const { folder } = this.get(id);
    const [stdout, stderr] = await Promise.all([
      readTail(folder, 'stdout', tailForProblems),
      readTail(folder, 'stderr', tailForProblems),
    ]);
    return findProblems({ stdout, stderr });
  }

  command(id: number): string {
    const { batch, master, runtime } = this.#stored(id);
    const conf = Object.entries(batch.request.conf ?? {}).flatMap(([key, value]) => [
      '--conf',
      `${key}=${value}`,
    ]);
    const args = submitArguments(batch.request, { master, name: batch.name });
    const beforeFile = args.length - 1 - (batch.request.args?.length ?? 0);
    return shellLine([
      join(runtime.spark.home, 'bin', 'spark-submit'),
      ...args.slice(0, beforeFile),
      ...conf,
      ...args.slice(beforeFile),
    ]);
  }

  /** With `wait` the answer comes when there is something to give, or the batch has ended. */
  async readLog(params: LogReadParams, signal: AbortSignal): Promise<LogReadResult> {
    for (;;) {
      const batch = this.get(params.id);
      const result = await readOutput(batch.folder, params, isTerminal(batch.state));
      if (!params.wait || result.ended || result.chunks.length > 0) return result;
      await this.#outputGrows(batch, signal);
    }
  }

  async #outputGrows(batch: Batch, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    // Not started yet: there is no file to watch, but a change of state will come.
    const files = ['stdout', 'stderr'] as const;
    const grown = existsSync(outputFile(batch.folder, 'stdout'))
      ? files.map(stream => fileChanges(outputFile(batch.folder, stream), either))
      : [];
    const changed = this.#changes.until('batch', batch.id, () => this.#isPast(batch), either);
    try {
      await Promise.race([...grown, changed]);
    } catch (error) {
      if (signal.aborted) throw new SparkdeckError('request.cancelled', 'Cancelled.', { cause: error });
      throw error;
    } finally {
      over.abort();
      await Promise.allSettled([...grown, changed]);
    }
  }

  #isPast(batch: Batch): true | undefined {
    return this.get(batch.id).revision > batch.revision || undefined;
  }

  #launch(stored: StoredBatch): void {
    const { batch } = stored;
    const { id, folder } = batch;
    if (isTerminal(this.get(id).state)) return;
    // Written down before it is done: a backend that comes back knows that this attempt may have begun.
    const next = this.#table.update(id, {
      attempt: stored.attempt + 1,
      ...(batch.state === 'not_started' && { state: 'starting' }),
    });
    try {
      mkdirSync(eventFolder(folder), { recursive: true, mode: 0o700 });
      const plan = planSubmit({
        ...next,
        request: batch.request,
        name: batch.name,
        folder,
        workingFolder: batch.request.workingFolder ?? folder,
        baseEnv: this.#env,
        sparkDefaults: readSparkDefaults(this.#env, next.runtime),
      });
      writeFileSync(plan.propertiesFile, plan.properties, { mode: 0o600 });
      launch(plan.command, folder, next.attempt, () => void this.#runs.get(id)?.look());
    } catch (error) {
      this.#table.update(id, { state: 'dead', reason: `It couldn't be started: ${messageOf(error)}` });
      return;
    }
    this.#follow(next, run => run.follow());
  }

  #follow(stored: StoredBatch, begin: (run: BatchRun) => void): void {
    const run = new BatchRun(stored, this.#table, () => this.#runs.delete(stored.batch.id));
    this.#runs.set(stored.batch.id, run);
    begin(run);
  }

  #stored(id: number): StoredBatch {
    const stored = this.#table.find(id);
    if (stored) return stored;
    throw new SparkdeckError('batch.missing', `There is no batch ${id}. It may have been removed.`);
  }

  /** Where a request goes: the cluster it names, the master in its conf, or the only cluster that runs. */
  #place(request: BatchRequest): { master: string; cluster: RunningCluster | undefined } {
    const master = request.conf?.['spark.master'];
    if (request.cluster === undefined && master !== undefined) return { master, cluster: undefined };
    const name = request.cluster ?? this.#onlyCluster();
    const cluster = this.#clusters.running(name);
    return { master: master ?? cluster.masterUrl, cluster };
  }

  #onlyCluster(): string {
    const running = this.#clusters.list().filter(cluster => cluster.state === 'running');
    const [only, other] = running;
    if (only && !other) return only.spec.name;
    throw new SparkdeckError(
      'cluster.none',
      other
        ? `Several clusters run: ${running.map(each => each.spec.name).join(', ')}. Say which one is meant.`
        : 'No cluster runs. Start one, or set spark.master to local[*] to run without.',
    );
  }

  /** A cluster's Java and Spark are those its batches need; the Python may be the batch's own. */
  async #runtimeFor(request: BatchRequest, cluster: RunningCluster | undefined): Promise<Runtime> {
    if (!cluster) return this.#resolveRuntime(request.runtime ?? {});
    if (request.runtime?.python === undefined) return cluster.runtime;
    return this.#resolveRuntime({
      javaHome: cluster.runtime.java.home,
      sparkHome: cluster.runtime.spark.home,
      python: request.runtime.python,
    });
  }
}

function readSparkDefaults(env: Readonly<Record<string, string>>, runtime: Runtime): string {
  try {
    return readFileSync(
      join(env['SPARK_CONF_DIR'] ?? join(runtime.spark.home, 'conf'), 'spark-defaults.conf'),
      'utf8',
    );
  } catch {
    return '';
  }
}

function fileChanges(file: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(file, { signal }, () => {
      watcher.close();
      resolve();
    });
    watcher.once('error', reject);
    watcher.once('close', resolve);
  });
}
