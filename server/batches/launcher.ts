import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTerminal, type Batch } from '../protocol/batch.ts';
import { messageOf } from '../protocol/errors.ts';
import type { Runtime } from '../protocol/runtime.ts';
import type { AtFaultPoint } from '../process/faults.ts';
import { claimLaunch, launch } from '../process/launch.ts';
import { writeRecord } from '../store/records.ts';
import { BatchRun, type RunSurroundings } from './batchRun.ts';
import type { BatchTable, StoredBatch } from './batchTable.ts';
import { eventFolder, planSubmit } from './submitPlan.ts';

/**
 * Launches batches in the order of their queue, so many at once, and has each followed to its end. Whatever a backend
 * that was killed had begun is taken up where it stands: nothing is launched twice, and nothing is forgotten.
 */
export class Launcher {
  readonly #table: BatchTable;
  readonly #env: Readonly<Record<string, string>>;
  readonly #atFaultPoint: AtFaultPoint;
  readonly #surroundings: RunSurroundings;
  readonly #maxRunning: () => number;
  readonly #runs = new Map<number, BatchRun>();
  #closed = false;

  constructor(options: {
    table: BatchTable;
    env: Readonly<Record<string, string>>;
    atFaultPoint: AtFaultPoint;
    clusterState: RunSurroundings['clusterState'];
    maxRunning: () => number;
    onEnd: (batch: Batch) => void;
    log: (line: string) => void;
  }) {
    this.#table = options.table;
    this.#env = options.env;
    this.#atFaultPoint = options.atFaultPoint;
    this.#maxRunning = options.maxRunning;
    this.#surroundings = {
      ...options,
      onEnd: batch => {
        this.#runs.delete(batch.id);
        options.onEnd(batch);
        this.launchNext();
      },
    };
  }

  get running(): number {
    return this.#runs.size;
  }

  /** Takes up what an earlier backend left. */
  recover(): void {
    for (const stored of this.#table.unfinished()) {
      const { batch, attempt } = stored;
      if (batch.state === 'not_started') continue;
      if (batch.killRequestedAt !== undefined) void this.#follow(stored).kill();
      else if (claimLaunch(batch.folder, attempt)) this.#launch(stored);
      else this.#follow(stored).follow();
    }
    this.launchNext();
  }

  /** Launches those that are next in the queue, while there is room. */
  launchNext(): void {
    while (!this.#closed && this.#runs.size < this.#maxRunning()) {
      const [next] = this.#table.queue();
      if (!next) return;
      if (next.batch.killRequestedAt === undefined) this.#launch(next);
      else this.#table.update(next.batch.id, { state: 'killed', reason: killedInQueue });
    }
  }

  async kill(id: number): Promise<void> {
    const run = this.#runs.get(id);
    if (run) await run.kill();
    else this.#table.update(id, { killRequestedAt: Date.now(), state: 'killed', reason: killedInQueue });
  }

  close(): void {
    this.#closed = true;
    for (const run of this.#runs.values()) run.close();
  }

  #launch(stored: StoredBatch): void {
    const { id, folder, state } = stored.batch;
    if (isTerminal(state)) return;
    // Written down before it is done: a backend that comes back knows that this attempt may have begun.
    const next = this.#table.update(id, {
      attempt: stored.attempt + 1,
      ...(state === 'not_started' && { state: 'starting' }),
    });
    this.#atFaultPoint('launch.written');
    try {
      writeRecord(folder, next);
      this.#start(next, folder);
    } catch (error) {
      this.#table.update(id, { state: 'dead', reason: `It couldn't be started: ${messageOf(error)}` });
      return;
    }
    this.#atFaultPoint('launch.spawned');
    this.#follow(next).follow();
  }

  #start(stored: StoredBatch, folder: string): void {
    const { request, name, id } = stored.batch;
    mkdirSync(eventFolder(folder), { recursive: true, mode: 0o700 });
    const plan = planSubmit({
      ...stored,
      request,
      name,
      folder,
      workingFolder: request.workingFolder ?? folder,
      baseEnv: this.#env,
      sparkDefaults: readSparkDefaults(this.#env, stored.runtime),
    });
    writeFileSync(plan.propertiesFile, plan.properties, { mode: 0o600 });
    this.#atFaultPoint('launch.prepared');
    launch(plan.command, folder, stored.attempt, () => this.#runs.get(id)?.look());
  }

  #follow(stored: StoredBatch): BatchRun {
    const run = new BatchRun(stored, this.#surroundings);
    this.#runs.set(stored.batch.id, run);
    return run;
  }
}

const killedInQueue = 'killed on request before it was started';

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
