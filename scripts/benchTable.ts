import { readFile } from 'node:fs/promises';
import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { fillReadme } from './readmeTable.ts';

/** `npm run bench:table`: what the benches last kept under bench/results, as tables of the README. */
const Run = Type.Object({ firstLine: Type.Number(), wall: Type.Number(), cpu: Type.Number() });
const Place = Type.Object({
  medians: Type.Array(
    Type.Object({
      way: Type.String(),
      firstLine: Type.Number(),
      wall: Type.Number(),
      cpu: Type.Number(),
      ratio: Run,
    }),
  ),
});
const Launch = Type.Object({
  machine: Type.Object({ cpu: Type.String(), cores: Type.Integer(), memory: Type.String() }),
  spark: Type.String(),
  java: Type.String(),
  rounds: Type.Integer(),
  'local[2]': Place,
  standalone: Place,
});
const Times = Type.Object({ median: Type.Number(), p99: Type.Number() });
const Compared = Type.Object({ few: Type.Number(), many: Type.Number(), ratio: Type.Number() });
const Backend = Type.Object({
  endToEvent: Times,
  submit: Times,
  listNewest100of10000: Times,
  memoryMiB: Type.Object({ idle: Type.Number(), with10000: Type.Number() }),
  longHistory: Type.Optional(Type.Record(Type.String(), Compared)),
});
const Log = Type.Object({
  ratio: Type.Number(),
  memoryMiB: Type.Object({ before: Type.Number(), peak: Type.Number() }),
});
const Load = Type.Object({
  count: Type.Integer(),
  perSecond: Type.Number(),
  median: Type.Number(),
  p99: Type.Number(),
});
const Http = Type.Object({
  pollers: Type.Integer(),
  queued: Type.Integer(),
  polls: Load,
  pollsWhileSubmitting: Load,
  submits: Load,
});

const names: Record<string, string> = {
  'spark-submit': '`bin/spark-submit`',
  direct: 'Sparkdeck, the first time',
  cold: 'Sparkdeck, with its archive of classes',
  warm: 'Sparkdeck, with a warm driver',
};

const historyNames: Record<string, string> = {
  start: 'a start after an orderly end, ms',
  startAfterCrash: 'a start after a crash, ms',
  memory: 'memory, MiB',
  newest: 'the newest 100, ms',
  newestOfAState: 'the newest 100 of a state, ms',
  newestOfStates: 'the newest 100 of two states, ms',
  nothingOfAState: 'a state that none is in, ms',
};
const historyLimits: Record<string, string> = {
  start: 'Node itself',
  startAfterCrash: 'the check of the whole database',
  memory: 'Node itself; the history stays on the disk',
};

const [launch, backend, log, http] = await Promise.all([
  read('launch', Launch),
  read('backend', Backend),
  read('log', Log),
  read('http', Http),
]);
const { machine } = launch;

await fillReadme(
  'bench',
  [
    `A session and one small job, Spark ${launch.spark} on Java ${launch.java}, ${machine.cores} cores (${machine.cpu}), ${machine.memory}; medians of ${launch.rounds} rounds in turn, in seconds and as a share of spark-submit's. CPU is that of the whole machine, executors included; what it takes to warm a driver is not.`,
    '',
    '| where | how | first line | end | CPU |',
    '| --- | --- | --: | --: | --: |',
    ...(['local[2]', 'standalone'] as const).flatMap(place =>
      launch[place].medians.map(
        ({ way, firstLine, wall, cpu, ratio }) =>
          `| ${place} | ${names[way] ?? way} | ${share(firstLine, ratio.firstLine)} | ${share(wall, ratio.wall)} | ${share(cpu, ratio.cpu)} |`,
      ),
    ),
    '',
    "What limits them: without an archive, thousands of classes that are parsed at each start. With it, the classes that Scala's lambdas become, which an archive doesn't hold, and the first use of Spark SQL. Warm, the SparkContext, and at the end of a very short job a thread of Netty's that lives for a second. On a cluster, the executor, whose JVM is started for each application.",
    '',
    '| | measured | what limits it |',
    '| --- | --: | --- |',
    row(
      'a submit is acknowledged',
      times(backend.submit),
      'the checks of the request, and one transaction on the disk',
    ),
    row(
      "from a process's exit to the client's event",
      times(backend.endToEvent),
      'a look through `/proc` for processes left behind, then the ends of two logs and the event log',
    ),
    row('the newest 100 of 10,000 batches', times(backend.listNewest100of10000), 'JSON: some 100 kB'),
    row(
      'memory of the backend, idle',
      `${backend.memoryMiB.idle} MiB; with 10,000 batches ${backend.memoryMiB.with10000} MiB`,
      'Node itself; the history stays on the disk',
    ),
    ...Object.entries(backend.longHistory ?? {}).map(([what, { few, many, ratio }]) =>
      row(
        `${historyNames[what] ?? what}: 10,000 batches in the history, and a million`,
        `${few} and ${many}: ${ratio} ×`,
        historyLimits[what] ?? 'an index has them in their order',
      ),
    ),
    row(
      'a gigabyte of log to a client',
      `${log.ratio} × the time of \`tail -c +1 -f\`; memory ${log.memoryMiB.before} → ${log.memoryMiB.peak} MiB`,
      'text as JSON, written and read again',
    ),
    row(
      `${http.pollers} clients over HTTP that ask without a pause`,
      `${http.polls.perSecond} a second; ${times(http.polls)}`,
      'one core: the batch read from the disk, checked and written as JSON for each',
    ),
    row(
      `${http.queued.toLocaleString('en')} submits over HTTP while ${http.pollers} ask once a second, none lost`,
      `${http.submits.perSecond} a second; ${times(http.submits)}`,
      'a transaction on the disk for each',
    ),
  ].join('\n'),
);

async function read<S extends TSchema>(name: string, schema: S): Promise<Static<S>> {
  return Value.Parse(schema, JSON.parse(await readFile(`bench/results/${name}.json`, 'utf8')));
}

function share(value: number, ratio: number): string {
  return ratio === 1 ? value.toFixed(1) : `${value.toFixed(1)} (${ratio.toFixed(2)})`;
}

function times({ median, p99 }: Static<typeof Times>): string {
  return `${median} ms; 99th percentile ${p99} ms`;
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
