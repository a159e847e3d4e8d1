import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { followBatch, readTelltaleLines } from '../server/api/cli/follow.ts';
import { formatCounts, formatEnding, formatProgressLine } from '../server/api/cli/format/batch.ts';
import { formatSize } from '../server/api/cli/format/cluster.ts';
import { formatDoctorReport } from '../server/api/cli/format/doctor.ts';
import { formatDuration } from '../server/api/cli/format/time.ts';
import { Output } from '../server/api/cli/output.ts';
import { processSurroundings } from '../server/api/cli/processSurroundings.ts';
import { installRuntime } from '../server/api/cli/runtime.ts';
import { SteadyBackend } from '../server/api/cli/steadyBackend.ts';
import { startAndAwait } from '../server/api/cli/clusters/start.ts';
import { exitCodeOf } from '../server/api/cli/waitForEnd.ts';
import type { Tools } from '../server/api/cli/cli.ts';
import { connectBackend } from '../server/client/connectBackend.ts';
import { defaultDataFolder } from '../server/client/dataFolder.ts';
import { isTerminal, type Batch, type BatchProgress } from '../server/protocol/batch.ts';
import type { Cluster } from '../server/protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../server/protocol/errors.ts';
import type { DoctorReport, Runtime } from '../server/protocol/runtime.ts';
import { ensureSystem } from './system.ts';

const examples = join(dirname(dirname(fileURLToPath(import.meta.url))), 'examples');
const clusterName = 'demo';
const roomyMemory = 4 * 1024 ** 3;

/**
 * `npm start`: the whole of it once, from nothing to a result, by the same requests that the editor sends.
 * @returns the exit code of the batch
 */
async function main(): Promise<number> {
  const { stdout, stderr, env, backendProgram } = processSurroundings();
  const output = new Output(stdout, stderr, false);
  await output.print(
    output.paint('bold', 'Sparkdeck: a word count on a real Spark cluster on this machine\n'),
  );
  await ensureSystem(['java', 'python']);

  const dataFolder = defaultDataFolder(env);
  const backend = new SteadyBackend(() => connectBackend({ dataFolder, start: backendProgram }));
  const tools: Tools = { backend, output };
  try {
    const { runtime, machine } = await findRuntime(tools);
    await say(
      output,
      'Runtime',
      `Spark ${runtime.spark.version}, Java ${runtime.java.fullVersion}, Python ${runtime.python.version}`,
    );
    const cluster = await findCluster(tools, machine);
    await say(output, 'Cluster', `${clusterName} at ${cluster.masterUrl}, ${formatSize(cluster)}`);
    await say(output, 'Web page', `${cluster.uiUrl}`);
    const ended = await countWords(tools, machine);
    if (ended.state === 'success') await sayWhatNext(output, ended);
    return exitCodeOf(ended);
  } finally {
    output.live.clear();
    await backend.close();
  }
}

type Machine = DoctorReport['machine'];

/** What is on the machine, or else a runtime that is installed now and kept for the next time. */
async function findRuntime(tools: Tools): Promise<{ runtime: Runtime; machine: Machine }> {
  tools.output.live.set('Looking for Spark, Java and Python …');
  const report = await tools.backend.request('runtime/doctor', {});
  tools.output.live.clear();
  if (report.runtime) return { runtime: report.runtime, machine: report.machine };
  if (report.installable === undefined) {
    await tools.output.print(formatDoctorReport(report, tools.output.paint));
    throw new SparkdeckError('runtime.missing', 'Spark can not run here yet; see above.');
  }
  await say(
    tools.output,
    'Runtime',
    `no Spark here yet: installing ${report.installable} (some 450 MB, kept for the next time)`,
  );
  return { runtime: await installRuntime(tools, {}), machine: report.machine };
}

/** The demo cluster: the one that runs already, or a new one of a size that the machine carries. */
async function findCluster(tools: Tools, machine: Machine): Promise<Cluster> {
  const { clusters } = await tools.backend.request('cluster/list', {});
  const known = clusters.find(({ spec }) => spec.name === clusterName);
  if (known?.state === 'running') return known;
  return startAndAwait(tools, {
    name: clusterName,
    provider: 'local',
    workers: 1,
    workerCores: Math.min(2, machine.cores),
    workerMemory: machine.memory >= roomyMemory ? '2g' : '1g',
  });
}

async function countWords({ backend, output }: Tools, machine: Machine): Promise<Batch> {
  const file = join(examples, 'word_count.py');
  const text = join(examples, 'data', '*.txt');
  const batch = await backend.request('batch/submit', {
    request: {
      file,
      args: [text],
      cluster: clusterName,
      name: 'Word count',
      ...(machine.memory < roomyMemory && { driverMemory: '512m', executorMemory: '512m' }),
    },
  });
  await say(output, `Batch ${batch.id}`, `${basename(file)} on examples/data/${basename(text)}`);

  let latest: [Batch, BatchProgress | undefined] = [batch, undefined];
  const clock = setInterval(() => draw(output, ...latest), 1000);
  let isFirst = true;
  const teller = new Teller(output);
  try {
    const ended = await followBatch(backend, batch.id, {
      streams: ['stdout'],
      output: {
        onText: async (stream, chunk) => {
          await output.write(stream, isFirst ? `\n${chunk}` : chunk);
          isFirst = false;
        },
      },
      onChange: (now, progress) => {
        latest = [now, progress];
        teller.tell(now, progress);
        draw(output, now, progress);
      },
    });
    latest = [ended, undefined];
    output.live.clear();
    if (ended.state !== 'success') {
      for (const line of await readTelltaleLines(backend, ended.id)) await output.print(`  ${line}`);
    }
    await output.print(`\n${formatEnding(ended, output.paint)}`);
    return ended;
  } finally {
    clearInterval(clock);
  }
}

function draw(output: Output, batch: Batch, progress: BatchProgress | undefined): void {
  if (isTerminal(batch.state)) output.live.clear();
  else output.live.set(formatProgressLine(batch, progress, Date.now(), output.notePaint));
}

/** Says each new state and each of Spark's jobs that has ended, once. */
class Teller {
  readonly #output: Output;
  readonly #told = new Set<string>();

  constructor(output: Output) {
    this.#output = output;
  }

  tell(batch: Batch, progress: BatchProgress | undefined): void {
    const start = batch.transitions[0]?.at ?? 0;
    for (const { state, at } of batch.transitions) {
      if (state === 'not_started' || isTerminal(state)) continue;
      this.#once(state, `${state} after ${formatDuration(at - start)}`);
    }
    for (const job of progress?.jobs ?? []) {
      if (job.state !== 'running') {
        this.#once(`job ${job.id}`, `job ${job.id} ${job.state}: ${formatCounts(job.tasks)}`);
      }
    }
  }

  #once(key: string, line: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    void say(this.#output, '', line);
  }
}

async function sayWhatNext(output: Output, batch: Batch): Promise<void> {
  const steps: [string, string][] = [
    ['npm run editor', 'VS Code in your browser, with this cluster and batch'],
    ['npm run -s sparkdeck -- list', 'every batch; --help says what else there is'],
    [`npm run -s sparkdeck -- show ${batch.id}`, 'this batch, with its jobs and stages'],
    ['npm run -s sparkdeck -- submit --wait examples/pi.py', 'another one'],
    ['npm stop', 'stop the cluster and the backend'],
  ];
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(([command, what]) => `  ${output.paint('cyan', command.padEnd(width))}  ${what}`);
  await output.print(['', output.paint('bold', 'What next'), ...lines].join('\n'));
}

async function say(output: Output, subject: string, text: string): Promise<void> {
  await output.print(`${output.paint('dim', subject.padEnd(10))}${text}`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
