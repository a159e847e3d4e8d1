import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { testRuntime } from '../test/spark/support/runtime.ts';
import { TestBackend } from '../test/spark/support/testBackend.ts';
import type { BatchRequest } from '../server/protocol/batch.ts';
import type { Settings } from '../server/protocol/settings.ts';
import type { StartWay } from '../server/protocol/timing.ts';
import { busySeconds, calm, median, saveResult } from './figures.ts';

/** A session and one small job: what a user's first try of a script does. */
const script = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("result", spark.range(1000).selectExpr("sum(id)").collect()[0][0], flush=True)
spark.stop()
`;

/** One run, in seconds. */
interface Run {
  firstLine: number;
  wall: number;
  /** of all cores, of everything on the machine */
  cpu: number;
}

/** `start` is how a batch must have been started for its figures to count; absent for spark-submit itself. */
const ways: readonly { way: string; settings: Settings; start?: StartWay }[] = [
  { way: 'spark-submit', settings: { warmDrivers: 0 } },
  {
    way: 'direct',
    settings: { classSharing: false, warmDrivers: 0 },
    start: { kind: 'direct', archive: false },
  },
  { way: 'cold', settings: { warmDrivers: 0 }, start: { kind: 'direct', archive: true } },
  { way: 'warm', settings: { warmDrivers: 1 }, start: { kind: 'warm' } },
];

/** The same script by bin/spark-submit and by Sparkdeck's ways in turn, on the same machine in the same minutes. */
export async function benchLaunch(rounds: number): Promise<void> {
  const runtime = await testRuntime();
  const backend = await TestBackend.start();
  try {
    await backend.client.request('cluster/start', {
      name: 'bench',
      provider: 'local',
      workers: 1,
      workerCores: 2,
      workerMemory: '2g',
    });
    const { masterUrl = '' } = await backend.client.request('cluster/await', { name: 'bench' });
    const file = backend.script('small.py', script);
    const places: Record<string, { master: string; request: BatchRequest }> = {
      'local[2]': { master: 'local[2]', request: { file, conf: { 'spark.master': 'local[2]' } } },
      standalone: { master: masterUrl, request: { file, cluster: 'bench' } },
    };
    const figures: Record<string, unknown> = {};
    for (const [place, { master, request }] of Object.entries(places)) {
      const runs = new Map<string, Run[]>(ways.map(({ way }) => [way, []]));
      for (let round = 1; round <= rounds; round++) {
        for (const { way, settings, start } of ways) {
          await prepare(backend, settings, request);
          const run = start
            ? await bySparkdeck(backend, request, start)
            : await bySparkSubmit(runtime, file, master, backend.workFolder);
          runs.get(way)?.push(run);
          console.log(`${place} round ${round} ${way}: ${shown(run)}`);
        }
      }
      figures[place] = summary(runs);
    }
    saveResult('launch', {
      spark: runtime.spark.version,
      java: runtime.java.fullVersion,
      rounds,
      ...figures,
    });
  } finally {
    await backend.stop();
  }
}

async function bySparkdeck(backend: TestBackend, request: BatchRequest, start?: StartWay): Promise<Run> {
  const busy = busySeconds();
  const began = performance.now();
  const { id } = await backend.client.request('batch/submit', {
    request: { driverMemory: '1g', executorMemory: '1g', ...request },
  });
  const end = backend.end(id).then(batch => ({ batch, wall: seconds(began) }));
  const first = await backend.client.request('log/read', { id, streams: ['stdout'], wait: true });
  const firstLine = seconds(began);
  const { batch, wall } = await end;
  const cpu = busySeconds() - busy;
  if (batch.state !== 'success' || !first.chunks.some(chunk => chunk.text.startsWith('result'))) {
    throw new Error(`batch ${id} did not do it: ${batch.reason}`);
  }
  const { way } = await backend.client.request('batch/timing', { id });
  if (start && (way?.kind !== start.kind || way.archive !== start.archive)) {
    throw new Error(`batch ${id} was started otherwise: ${JSON.stringify(way)}`);
  }
  return { firstLine, wall, cpu };
}

async function bySparkSubmit(
  runtime: Awaited<ReturnType<typeof testRuntime>>,
  file: string,
  master: string,
  cwd: string,
): Promise<Run> {
  const busy = busySeconds();
  const began = performance.now();
  const child = spawn(
    `${runtime.spark.home}/bin/spark-submit`,
    ['--master', master, '--driver-memory', '1g', '--executor-memory', '1g', file],
    {
      cwd,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...process.env,
        SPARK_HOME: runtime.spark.home,
        JAVA_HOME: runtime.java.home,
        PYSPARK_PYTHON: runtime.python.path,
        SPARK_LOCAL_IP: '127.0.0.1',
      },
    },
  );
  let firstLine = 0;
  child.stdout.once('data', () => (firstLine = seconds(began)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`spark-submit ended with ${code}`);
  return { firstLine, wall: seconds(began), cpu: busySeconds() - busy };
}

/** Has as many warm drivers as there are to be, and nothing else going on. What is run once is kept warm for the next time. */
async function prepare(backend: TestBackend, settings: Settings, request: BatchRequest): Promise<void> {
  await backend.client.request('settings/set', settings);
  const wanted = settings.warmDrivers ?? 0;
  const ready = async (): Promise<number> => (await backend.client.request('backend/status', {})).warmDrivers;
  if (wanted > 0 && (await ready()) === 0) await bySparkdeck(backend, request);
  while ((await ready()) !== wanted) await delay(200);
  await calm();
}

function summary(runs: ReadonlyMap<string, readonly Run[]>): object {
  const medians = new Map(
    [...runs].map(([way, all]) => [
      way,
      {
        firstLine: median(all.map(run => run.firstLine)),
        wall: median(all.map(run => run.wall)),
        cpu: median(all.map(run => run.cpu)),
      },
    ]),
  );
  const peer = medians.get('spark-submit') ?? { firstLine: 1, wall: 1, cpu: 1 };
  const rows = [...medians].map(([way, run]) => ({
    way,
    ...rounded(run),
    ratio: rounded({
      firstLine: run.firstLine / peer.firstLine,
      wall: run.wall / peer.wall,
      cpu: run.cpu / peer.cpu,
    }),
  }));
  console.table(
    rows.map(({ ratio, ...row }) => ({ ...row, 'first line /': ratio.firstLine, 'wall /': ratio.wall })),
  );
  return { medians: rows, runs: Object.fromEntries([...runs].map(([way, all]) => [way, all.map(rounded)])) };
}

function rounded(run: Run): Run {
  const two = (value: number): number => Math.round(value * 100) / 100;
  return { firstLine: two(run.firstLine), wall: two(run.wall), cpu: two(run.cpu) };
}

const seconds = (began: number): number => (performance.now() - began) / 1000;
const shown = ({ firstLine, wall, cpu }: Run): string =>
  `first line ${firstLine.toFixed(2)} s, end ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s`;
