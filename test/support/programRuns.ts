import { execa } from 'execa';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { BackendClient } from '../../server/client/backendClient.ts';
import { connectBackend } from '../../server/client/connectBackend.ts';
import type { Batch, Problem } from '../../server/protocol/batch.ts';
import type { Runtime } from '../../server/protocol/runtime.ts';
import type { Program } from '../programs/programs.ts';
import { testRuntime } from '../spark/support/runtime.ts';
import { makeTestData, type TestData } from './testData.ts';

const sources = fileURLToPath(new URL('../programs', import.meta.url));
const cli = fileURLToPath(new URL('../../server/api/cli/main.ts', import.meta.url));

/** One run of a program, as its user sees it. */
export interface ProgramRun {
  exitCode: number | undefined;
  stdout: Buffer;
  /** What the application called itself in its event log; undefined when there was none. */
  appName: string | undefined;
}

export interface SparkdeckRun extends ProgramRun {
  /** Absent when it was not accepted. */
  batch: Batch | undefined;
  /** What the command line said beside the program's output. */
  stderr: string;
  problems: Problem[];
}

const ApplicationStart = Type.Object({ 'App Name': Type.String() });

/** A copy of the programs, compiled and packed, with a data folder of its own. */
export class ProgramRuns {
  readonly #folder: string;
  readonly #data: TestData;
  readonly #runtime: Runtime;
  #backend: BackendClient | undefined;
  #lastId = 0;

  private constructor(folder: string, data: TestData, runtime: Runtime) {
    this.#folder = folder;
    this.#data = data;
    this.#runtime = runtime;
  }

  static async prepare(): Promise<ProgramRuns> {
    const runtime = await testRuntime();
    const folder = await mkdtemp(join(tmpdir(), 'sparkdeck-programs-'));
    cpSync(sources, folder, { recursive: true });
    packPython(join(folder, 'globs'));
    packJava(join(folder, 'java'), runtime);
    return new ProgramRuns(folder, makeTestData(), runtime);
  }

  /** Where a program is submitted from. */
  folderOf(program: Program): string {
    return join(this.#folder, program.folder);
  }

  /** Runs it by bin/spark-submit. */
  async bySparkSubmit(program: Program): Promise<ProgramRun> {
    const events = await mkdtemp(join(this.#folder, 'events-'));
    const home = this.#sparkHome(program);
    const { exitCode, stdout } = await execa(
      join(home, 'bin', 'spark-submit'),
      [
        ...[
          'spark.eventLog.enabled=true',
          `spark.eventLog.dir=file://${events}`,
          'spark.eventLog.compress=false',
        ],
        'spark.driver.memory=600m',
      ]
        .flatMap(setting => ['--conf', setting])
        .concat(argumentsOf(program)),
      {
        cwd: this.folderOf(program),
        env: { ...this.#env(), SPARK_HOME: home, SPARK_LOCAL_IP: '127.0.0.1', ...this.#environment(program) },
        encoding: 'buffer',
        stripFinalNewline: false,
        stdin: 'ignore',
        reject: false,
      },
    );
    return { exitCode, stdout: Buffer.from(stdout), appName: applicationName(events) };
  }

  /** Runs it by `sparkdeck submit --wait`, as often as the program says, and tells of the last run. */
  async bySparkdeck(program: Program): Promise<SparkdeckRun> {
    const runs = Array.from({ length: program.times ?? 1 }, (_, index) => index);
    let run: SparkdeckRun | undefined;
    for (const _ of runs) run = await this.#submitAndWait(program);
    if (!run) throw new Error(`${program.name}: it is to be run no times.`);
    return run;
  }

  async close(): Promise<void> {
    this.#backend?.close();
    await this.#data.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async #submitAndWait(program: Program): Promise<SparkdeckRun> {
    const environment = Object.entries(this.#environment(program)).flatMap(([name, value]) => [
      '--env',
      `${name}=${value}`,
    ]);
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [
        cli,
        'submit',
        '--wait',
        ...environment,
        '--driver-memory',
        '600m',
        ...(program.ownSparkHome ? ['--spark-home', this.#sparkHome(program)] : []),
        ...argumentsOf(program),
      ],
      {
        cwd: this.folderOf(program),
        env: this.#env(),
        encoding: 'buffer',
        stripFinalNewline: false,
        stdin: 'ignore',
        reject: false,
      },
    );
    const run = { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr).toString() };
    const backend = await this.#connect();
    const { batches } = await backend.request('batch/list', { limit: 1 });
    const [batch] = batches;
    if (!batch || batch.id === this.#lastId)
      return { ...run, batch: undefined, problems: [], appName: undefined };
    this.#lastId = batch.id;
    const { problems } = await backend.request('batch/problems', { id: batch.id });
    return { ...run, batch, problems, appName: applicationName(join(batch.folder, 'events')) };
  }

  async #connect(): Promise<BackendClient> {
    this.#backend ??= await connectBackend({ dataFolder: this.#data.folder });
    return this.#backend;
  }

  /** What both are started with. */
  #env(): NodeJS.ProcessEnv {
    const { java, python, spark } = this.#runtime;
    return {
      ...process.env,
      ...this.#data.env,
      JAVA_HOME: java.home,
      SPARK_HOME: spark.home,
      PYSPARK_PYTHON: python.path,
    };
  }

  /** The program's own variables; folders become absolute. */
  #environment({ environment = {}, folder }: Program): Record<string, string> {
    return Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [
        name,
        name.endsWith('_DIR') ? resolve(this.#folder, folder, value) : value,
      ]),
    );
  }

  /** The runtime's Spark, or one that differs from it by its conf folder alone. */
  #sparkHome({ ownSparkHome, folder }: Program): string {
    const { home } = this.#runtime.spark;
    if (!ownSparkHome) return home;
    const own = join(this.#folder, folder, 'spark-home');
    if (existsSync(own)) return own;
    mkdirSync(own);
    for (const name of readdirSync(home).filter(each => each !== 'conf')) {
      symlinkSync(join(home, name), join(own, name));
    }
    cpSync(join(this.#folder, folder, 'conf'), join(own, 'conf'), { recursive: true });
    return own;
  }
}

function argumentsOf({ master = 'local[1]', options = [], file, args = [] }: Program): string[] {
  return [...(master === null ? [] : ['--master', master]), ...options, file, ...args];
}

/** The name in the first event log beneath a folder, rolled or not. */
function applicationName(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.name.startsWith('appstatus'))
    .map(entry => join(entry.parentPath, entry.name))
    .toSorted();
  for (const file of files) {
    const start = readFileSync(file, 'utf8')
      .split('\n')
      .find(line => line.includes('SparkListenerApplicationStart'));
    if (start !== undefined) return Value.Parse(ApplicationStart, JSON.parse(start))['App Name'];
  }
  return undefined;
}

/** libs/pack.zip of the module in source/. */
function packPython(folder: string): void {
  mkdirSync(join(folder, 'libs'));
  execFileSync('jar', ['--create', '--no-manifest', '--file', 'libs/pack.zip', '-C', 'source', '.'], {
    cwd: folder,
  });
}

/** plain.jar, and prefixed.jar, which a shell can run too. */
function packJava(folder: string, { spark }: Runtime): void {
  const classPath = join(spark.home, 'jars', '*');
  const files = readdirSync(join(folder, 'demo')).map(name => join('demo', name));
  execFileSync('javac', ['-d', 'classes', '-cp', classPath, ...files], { cwd: folder });
  execFileSync('jar', ['--create', '--file', 'plain.jar', '-C', 'classes', '.'], { cwd: folder });
  const script = Buffer.from('#!/bin/sh\nexec java -jar "$0" "$@"\n');
  writeFileSync(
    join(folder, 'prefixed.jar'),
    Buffer.concat([script, readFileSync(join(folder, 'plain.jar'))]),
  );
  chmodSync(join(folder, 'prefixed.jar'), 0o755);
}
