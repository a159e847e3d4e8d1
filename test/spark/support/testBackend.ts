import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackendClient } from '../../../server/client/backendClient.ts';
import { connectBackend } from '../../../server/client/connectBackend.ts';
import type { Batch, BatchRequest } from '../../../server/protocol/batch.ts';
import { SparkdeckError } from '../../../server/protocol/errors.ts';
import type { Settings } from '../../../server/protocol/settings.ts';
import { findMarked } from '../../../server/process/marked.ts';
import { testRuntime } from './runtime.ts';

const main = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));

/** A real backend on a data folder of its own, with a real Spark, and what tests do with it. */
export class TestBackend {
  readonly dataFolder: string;
  /** For scripts, with a name that takes quoting. */
  readonly workFolder: string;
  #client: BackendClient;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(root: string, env: NodeJS.ProcessEnv, client: BackendClient) {
    this.dataFolder = join(root, 'data');
    this.workFolder = join(root, 'work \'é\' "q"');
    this.#env = env;
    this.#client = client;
  }

  /**
   * @param settings of its data folder; no driver is kept warm unless they say so
   * @param prepare gets the data folder before there is a backend
   */
  static async start(
    settings: Settings = {},
    prepare: (dataFolder: string) => void = () => undefined,
  ): Promise<TestBackend> {
    const runtime = await testRuntime();
    const env = {
      ...process.env,
      SPARK_HOME: runtime.spark.home,
      PYSPARK_PYTHON: runtime.python.path,
      JAVA_HOME: runtime.java.home,
    };
    const root = mkdtempSync(join(tmpdir(), 'sparkdeck-test-'));
    prepare(join(root, 'data'));
    const client = await connect(join(root, 'data'), env);
    await client.request('settings/set', { warmDrivers: 0, ...settings });
    return new TestBackend(root, env, client);
  }

  get client(): BackendClient {
    return this.#client;
  }

  /** Ends the backend as a crash would, and starts it anew as a client would. */
  async crashAndReturn(): Promise<void> {
    const { pid } = await this.#client.request('backend/status', {});
    process.kill(pid, 'SIGKILL');
    await this.#client.closed;
    this.#client = await connect(this.dataFolder, this.#env);
  }

  /** Has the backend leave, and starts it anew. */
  async restart(): Promise<void> {
    await this.#client.request('backend/stop', {});
    await this.#client.closed;
    this.#client = await connect(this.dataFolder, this.#env);
  }

  script(name: string, text: string): string {
    const file = join(this.workFolder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** With the small heaps of tests. */
  async submit(request: BatchRequest): Promise<Batch> {
    return this.#client.request('batch/submit', {
      request: { driverMemory: '512m', executorMemory: '512m', ...request },
    });
  }

  async end(id: number): Promise<Batch> {
    return this.#client.request('batch/await', { id });
  }

  async reaches(id: number, wanted: (batch: Batch) => boolean): Promise<Batch> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        this.#client.request('batch/get', { id }).then(batch => {
          if (!wanted(batch)) return;
          subscription.dispose();
          resolve(batch);
        }, reject);
      };
      const subscription = this.#client.on('sparkdeck/changed', change => {
        if (change.id === id) look();
      });
      look();
    });
  }

  async output(id: number): Promise<string> {
    let text = '';
    let from: { stdout: number; stderr: number } | undefined;
    for (;;) {
      const result = await this.#client.request('log/read', {
        id,
        streams: ['stdout'],
        wait: true,
        ...(from && { from }),
      });
      from = result.next;
      text += result.chunks.map(chunk => chunk.text).join('');
      if (result.ended) return text;
    }
  }

  /** The processes of a batch or of a cluster's part that are there now. */
  processes(...folder: string[]): number[] {
    return findMarked(join(this.dataFolder, ...folder)).map(({ pid }) => pid);
  }

  /** Stops everything, and removes every trace. */
  async stop(): Promise<void> {
    const { clusters } = await this.#client.request('cluster/list', {});
    for (const { spec } of clusters)
      await this.#client.request('cluster/stop', { name: spec.name, force: true });
    const { batches } = await this.#client.request('batch/list', { limit: 1000 });
    for (const { id } of batches) await this.#client.request('batch/kill', { id });
    await this.#client.request('backend/stop', {}).catch((error: unknown) => {
      if (!(error instanceof SparkdeckError)) throw error;
    });
    await this.#client.closed;
    // The backend still writes its last words; Node's rmSync then leaves things behind without a word.
    await rm(dirname(this.dataFolder), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function connect(dataFolder: string, env: NodeJS.ProcessEnv): Promise<BackendClient> {
  return connectBackend({ dataFolder, start: { program: process.execPath, args: [main], env } });
}
