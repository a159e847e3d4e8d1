import { execa } from 'execa';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NewToken } from '../../../server/protocol/team.ts';
import { testRuntime } from '../../spark/support/runtime.ts';
import { CliProcess, runCliProcess } from '../../support/cliProcess.ts';
import { makeTestData, type TestData } from '../../support/testData.ts';

const Serving = Type.Object({ serving: Type.String(), address: Type.String() });
const Made = Type.Object({ token: Type.String() });

/** `sparkdeck serve` in a process of its own, on an empty data folder, with a real Spark. */
export class ServedBackend {
  /** http://127.0.0.1:PORT */
  readonly address: string;
  readonly folder: string;
  readonly #data: TestData;
  /** Beside the data folder, in which a team's requests may name nothing. */
  readonly #programs = mkdtempSync(join(tmpdir(), 'sparkdeck-programs-'));
  readonly #process: CliProcess;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(address: string, data: TestData, served: CliProcess, env: NodeJS.ProcessEnv) {
    this.address = address;
    this.folder = data.folder;
    this.#data = data;
    this.#process = served;
    this.#env = env;
  }

  static async start(...options: string[]): Promise<ServedBackend> {
    const { java, python, spark } = await testRuntime();
    const data = makeTestData();
    const env = {
      ...process.env,
      ...data.env,
      JAVA_HOME: java.home,
      SPARK_HOME: spark.home,
      PYSPARK_PYTHON: python.path,
    };
    const served = new CliProcess(['serve', '--port', '0', '--json', ...options], { env });
    await served.untilStdout(/\n/);
    const { address } = Value.Parse(Serving, JSON.parse(served.stdout));
    return new ServedBackend(address, data, served, env);
  }

  /** Its log so far. */
  get log(): string {
    return this.#process.stderr;
  }

  async token({ role, team, name }: NewToken): Promise<string> {
    const options = Object.entries({ role, team, name }).flatMap(([option, value]) =>
      value === undefined ? [] : [`--${option}`, value],
    );
    return Value.Parse(Made, JSON.parse(await this.sparkdeck('tokens', 'create', '--json', ...options)))
      .token;
  }

  /** Runs the command line beside it. @returns what it printed */
  async sparkdeck(...args: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await runCliProcess(args, { env: this.#env });
    if (exitCode !== 0) throw new Error(stderr || stdout);
    return stdout;
  }

  script(name: string, text: string): string {
    const file = join(this.#programs, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Runs a program of a client's. @returns what it printed */
  async run(python: string, program: string, ...args: string[]): Promise<string> {
    const { stdout } = await execa(python, ['-c', program, this.address, ...args], { stderr: 'pipe' });
    return stdout;
  }

  async stop(): Promise<void> {
    await this.#data.close();
    await this.#process.ended();
    await rm(this.#programs, { recursive: true, force: true });
    // Its last words came after the folder was removed.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
