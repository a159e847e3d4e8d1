import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SteadyBackend } from '../../../server/api/cli/steadyBackend.ts';
import { connectBackend } from '../../../server/client/connectBackend.ts';
import { findMarked } from '../../../server/process/marked.ts';
import type { FaultPoint } from '../../../server/process/faults.ts';
import type { Batch, BatchRequest, BatchState } from '../../../server/protocol/batch.ts';
import { SparkdeckError } from '../../../server/protocol/errors.ts';
import type { Method, Params, Result } from '../../../server/protocol/methods.ts';
import type { Settings } from '../../../server/protocol/settings.ts';
import { testRuntime } from '../../spark/support/runtime.ts';
import { count, type Harm } from './tally.ts';

const main = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));

/** Says on a line of its own each time it begins, then does as its arguments say: sleep, make a SparkContext, exit. */
const probe = `
import os, sys, time
with open(sys.argv[1], "a") as record:
    record.write("began\\n")
seconds, code, kind = float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
print("probe begins", flush=True)
if kind == "leaving":
    import subprocess
    subprocess.Popen(["sleep", "600"], start_new_session=True)
    # A daemon: a session and an environment of its own, and its parent is gone.
    command = r'setsid sh -c "echo \\$\\$ >>$0; exec sleep 600" & sleep 0.5'
    subprocess.run(["env", "-i", "sh", "-c", command, sys.argv[1] + "-left"])
if kind == "spark":
    from pyspark.sql import SparkSession
    sc = SparkSession.builder.getOrCreate().sparkContext
    print("sum", sc.parallelize(range(10), 2).sum(), flush=True)
time.sleep(seconds)
sys.exit(code)
`;

export interface Probe {
  seconds?: number;
  code?: number;
  /** with a SparkContext of its own */
  spark?: boolean;
  /** leaves a process behind, in a session of its own */
  leaving?: boolean;
  request?: Partial<BatchRequest>;
}

/** What a backend is started with: Node, and the arguments up to the backend's program. */
export interface NodeProgram {
  program: string;
  args: readonly string[];
}

/** A backend that is ended again and again, and the client that finds it each time. */
export class ChaosBackend {
  readonly dataFolder: string;
  readonly root: string;
  readonly #env: NodeJS.ProcessEnv;
  #fault: FaultPoint | undefined;
  #keys = 0;
  readonly #backend: SteadyBackend;

  private constructor(root: string, env: NodeJS.ProcessEnv, node: NodeProgram) {
    this.root = root;
    this.dataFolder = join(root, 'data');
    this.#env = env;
    writeFileSync(join(root, 'probe.py'), probe);
    this.#backend = new SteadyBackend(() => {
      const fault = this.#fault;
      // Only the first one falls over it.
      this.#fault = undefined;
      const faultEnv = fault ? { ...this.#env, SPARKDECK_FAULT: fault } : this.#env;
      return connectBackend({
        dataFolder: this.dataFolder,
        start: {
          program: node.program,
          args: [...node.args, '--idle-limit', '600000'],
          env: faultEnv,
        },
      });
    });
  }

  /** No driver is kept warm unless the settings say so. */
  static async make(
    options: { root?: string; nodeArguments?: string[]; node?: NodeProgram; settings?: Settings } = {},
  ): Promise<ChaosBackend> {
    const runtime = await testRuntime();
    const root = options.root ?? mkdtempSync(join(tmpdir(), 'sparkdeck-chaos-'));
    mkdirSync(root, { recursive: true });
    const backend = new ChaosBackend(
      root,
      {
        ...process.env,
        SPARK_HOME: runtime.spark.home,
        PYSPARK_PYTHON: runtime.python.path,
        JAVA_HOME: runtime.java.home,
      },
      options.node ?? { program: process.execPath, args: [...(options.nodeArguments ?? []), main] },
    );
    await backend.request('settings/set', { warmDrivers: 0, ...options.settings });
    return backend;
  }

  async request<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    return this.#backend.request(method, params);
  }

  async pid(): Promise<number> {
    return (await this.request('backend/status', {})).pid;
  }

  /** Waits until a driver is ready for the next batch. */
  async warmed(): Promise<void> {
    while ((await this.request('backend/status', {})).warmDrivers === 0) {
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }

  /** kill -9, now. */
  async crash(): Promise<void> {
    process.kill(await this.pid(), 'SIGKILL');
  }

  /** The backend is started anew and will end itself at this place. */
  async armed(fault: FaultPoint): Promise<void> {
    await this.leave();
    this.#fault = fault;
    await this.request('backend/status', {});
  }

  async leave(): Promise<void> {
    const pid = await this.pid();
    await this.request('backend/stop', {}).catch(swallowLoss);
    while (isThere(pid)) await new Promise(resolve => setTimeout(resolve, 20));
  }

  newKey(): string {
    return `key-${process.pid}-${++this.#keys}`;
  }

  /** As the editor and the CLI do: with a key, and again with the same key when the answer was lost. */
  async submit(key: string, probe: Probe): Promise<Batch> {
    return this.request('batch/submit', { idempotencyKey: key, request: this.probe(key, probe) });
  }

  probe(key: string, { seconds = 0, code = 0, spark, leaving, request = {} }: Probe): BatchRequest {
    const kind = spark ? 'spark' : leaving ? 'leaving' : 'plain';
    return {
      file: join(this.root, 'probe.py'),
      args: [this.#record(key), String(seconds), String(code), kind],
      driverMemory: '512m',
      executorMemory: '512m',
      ...(request.cluster === undefined && { conf: { 'spark.master': 'local[1]' } }),
      ...request,
    };
  }

  /** How often the program of a batch began. */
  runs(key: string): number {
    try {
      return readFileSync(this.#record(key), 'utf8').split('\n').length - 1;
    } catch {
      return 0;
    }
  }

  /** Waits for its end and counts what was done to it. */
  async judge(
    fault: string,
    key: string,
    id: number,
    expected: readonly BatchState[],
    runs = [1],
  ): Promise<Batch | undefined> {
    const ended = await withLimit(this.request('batch/await', { id }), 5 * 60_000);
    const state = ended?.state;
    const harm: Harm = {
      lost: ended ? 0 : 1,
      doubled: this.runs(key) > Math.max(...runs) ? 1 : 0,
      misreported:
        ended && expected.includes(ended.state) && runs.includes(this.runs(key)) && ended.reason ? 0 : 1,
      orphaned: await this.#anyLeft(id, key),
    };
    count(
      fault,
      harm,
      `batch ${id}: ${state} (${ended?.reason}), began ${this.runs(key)} times, expected ${expected.join(' or ')}`,
    );
    return ended;
  }

  processes(...folder: string[]): number[] {
    return findMarked(join(this.dataFolder, ...folder)).map(({ pid }) => pid);
  }

  /** The processes of drivers that wait for a batch, or run one. */
  warmProcesses(): number[] {
    const folder = join(this.dataFolder, 'warm');
    return readdirSync(folder).flatMap(name => this.processes('warm', name));
  }

  async stop(): Promise<void> {
    for (const { spec } of (await this.request('cluster/list', {})).clusters) {
      await this.request('cluster/stop', { name: spec.name, force: true });
    }
    const { batches } = await this.request('batch/list', {
      limit: 1000,
      states: ['not_started', 'starting', 'running'],
    });
    await Promise.all(batches.map(({ id }) => this.request('batch/kill', { id })));
    await this.leave();
    await this.#backend.close();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The processes that the program of a batch has left behind without a mark. */
  #daemons(key: string): number[] {
    try {
      return readFileSync(`${this.#record(key)}-left`, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(Number);
    } catch {
      return [];
    }
  }

  #record(key: string): string {
    return join(this.root, `began-${key}`);
  }

  /** What a program left behind is ended right after its end was told: that may take a moment. */
  async #anyLeft(id: number, key: string): Promise<number> {
    for (
      const limit = Date.now() + 15_000;
      Date.now() < limit;
      await new Promise(resolve => setTimeout(resolve, 100))
    ) {
      const isFree = this.processes('batches', String(id)).length === 0;
      if (isFree && !this.#daemons(key).some(isThere)) return 0;
    }
    return 1;
  }
}

export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function swallowLoss(error: unknown): undefined {
  if (error instanceof SparkdeckError && error.code === 'backend.unreachable') return undefined;
  throw error;
}

async function withLimit<T>(promise: Promise<T>, limit: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), limit);
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}
