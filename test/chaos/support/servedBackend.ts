import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { testRuntime } from '../../spark/support/runtime.ts';

const main = fileURLToPath(new URL('../../../server/api/cli/main.ts', import.meta.url));
const turnMeter = fileURLToPath(new URL('./turnMeter.mjs', import.meta.url));
const native = '/api/sparkdeck/v1';

/** `sparkdeck serve` with a small heap, in a process of its own that is measured. */
export class ServedBackend {
  readonly address: string;
  readonly port: number;
  readonly meter: Meter;
  readonly #root: string;
  readonly #process: ChildProcess;

  private constructor(root: string, child: ChildProcess, address: string) {
    this.#root = root;
    this.#process = child;
    this.address = address;
    this.port = Number(new URL(address).port);
    this.meter = new Meter(join(root, 'turns'), child.pid ?? 0);
  }

  static async start(): Promise<ServedBackend> {
    const { java, python, spark } = await testRuntime();
    const root = mkdtempSync(join(tmpdir(), 'sparkdeck-abuse-'));
    writeFileSync(join(root, 'turns'), '');
    const child = spawn(
      process.execPath,
      [
        '--max-old-space-size=256',
        '--import',
        turnMeter,
        main,
        ...['serve', '--port', '0', '--no-auth', '--data', join(root, 'data')],
      ],
      {
        env: {
          ...process.env,
          SPARK_HOME: spark.home,
          PYSPARK_PYTHON: python.path,
          JAVA_HOME: java.home,
          SPARKDECK_TURN_METER: join(root, 'turns'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', line => lines.push(line) > 100 && lines.shift());
    }
    for (;;) {
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(lines.join('\n'))?.[0];
      if (address !== undefined) {
        const backend = new ServedBackend(root, child, address);
        await backend.#put('/settings', { warmDrivers: 0, classSharing: false });
        return backend;
      }
      assert.equal(child.exitCode, null, lines.join('\n'));
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  /** @returns the id of a batch that ran this program to its end */
  async run(program: string): Promise<number> {
    const file = join(this.#root, 'program.py');
    writeFileSync(file, program);
    const { statusCode, body } = await request(`${this.address}${native}/batches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ file, conf: { 'spark.master': 'local[1]' }, driverMemory: '512m' }),
    });
    const text = await body.text();
    assert.equal(statusCode, 201, text);
    const id = Number(/"id":(\d+)/.exec(text)?.[1]);
    await (await request(`${this.address}${native}/batches/${id}?wait=true`)).body.dump();
    return id;
  }

  /** All routes, as the app itself tells them. */
  async document(): Promise<unknown> {
    return (await request(`${this.address}/openapi.json`)).body.json();
  }

  /** Asks for /healthz every 20 ms, until it is stopped: then it says how long the answers took, in milliseconds. */
  watchHealth(): { stop: () => Promise<{ p50: number; max: number }> } {
    const times: number[] = [];
    const over = new AbortController();
    const watching = (async (): Promise<void> => {
      while (!over.signal.aborted) {
        const began = performance.now();
        await (await request(`${this.address}/healthz`)).body.dump();
        times.push(performance.now() - began);
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    })();
    return {
      stop: async () => {
        over.abort();
        await watching;
        const sorted = times.toSorted((one, other) => one - other);
        return { p50: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
      },
    };
  }

  async stop(): Promise<void> {
    this.meter.close();
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGTERM');
      await once(this.#process, 'exit');
    }
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }

  async #put(path: string, value: unknown): Promise<void> {
    const { statusCode, body } = await request(`${this.address}${native}${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
    await body.dump();
    assert.equal(statusCode, 200);
  }
}

/** What the backend itself notes of long turns, and what the system says of its memory. */
class Meter {
  readonly #file: string;
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #from = 0;
  #most = 0;

  constructor(file: string, pid: number) {
    this.#file = file;
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), 50).unref();
  }

  reset(): void {
    this.#from = statSync(this.#file).size;
    this.#most = 0;
  }

  /** Milliseconds of CPU; 0 when none was worth noting. */
  longest(): number {
    const turns = readFileSync(this.#file, 'utf8').slice(this.#from).split('\n').map(Number);
    return turns.reduce((most, each) => Math.max(most, each), 0);
  }

  /** MiB, the most since the reset. */
  memory(): number {
    this.#look();
    return this.#most;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    try {
      const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
      this.#most = Math.max(this.#most, Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024));
    } catch {
      // It has ended; whoever asks it something learns that.
    }
  }
}
