import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isTerminal } from '../server/protocol/batch.ts';
import { testRuntime } from '../test/spark/support/runtime.ts';
import { TestBackend } from '../test/spark/support/testBackend.ts';
import { calm, median, quantile, residentBytes, saveResult } from './figures.ts';
import { seedHistory } from './seedHistory.ts';

const history = 10_000;
const longHistory = 1_000_000;

/** How fast the backend answers, how fast it tells of an end, and what memory it takes. */
export async function benchBackend(ends: number): Promise<void> {
  const empty = await TestBackend.start();
  const emptyMemory = await idleMemory(empty);
  const endTimes = await timeEnds(empty, ends);
  const runningMemory = await idleMemory(empty);
  await empty.stop();

  const few = await withHistory(history, async backend => timeSubmits(backend, 100));
  const many = await withHistory(longHistory, async () => undefined);

  const milliseconds = (values: readonly number[]): object => ({
    median: round(median(values)),
    p99: round(quantile(values, 0.99)),
    count: values.length,
  });
  const figures = {
    endToEvent: milliseconds(endTimes),
    submit: milliseconds(few.rest),
    listNewest100of10000: milliseconds(few.times['newest'] ?? []),
    memoryMiB: {
      idle: round(emptyMemory / 2 ** 20),
      afterBatches: round(runningMemory / 2 ** 20),
      with10000: round(few.memory / 2 ** 20),
    },
    longHistory: compared(few, many),
  };
  console.table(figures.longHistory);
  console.log(JSON.stringify(figures, undefined, 2));
  saveResult('backend', figures);
}

/** What clients ask of a history, each so often. */
const questions: Record<string, { count: number; ask: (backend: TestBackend) => Promise<unknown> }> = {
  newest: { count: 200, ask: backend => backend.client.request('batch/list', { limit: 100 }) },
  newestOfAState: {
    count: 100,
    ask: backend => backend.client.request('batch/list', { limit: 100, states: ['dead'] }),
  },
  newestOfStates: {
    count: 100,
    ask: backend => backend.client.request('batch/list', { limit: 100, states: ['dead', 'killed'] }),
  },
  nothingOfAState: {
    count: 100,
    ask: backend => backend.client.request('batch/list', { limit: 100, states: ['running'] }),
  },
};

interface Measured {
  /** milliseconds until a client has its first answer, after an orderly end and after a crash */
  start: number;
  startAfterCrash: number;
  times: Record<string, number[]>;
  /** bytes */
  memory: number;
}

/** @param more is measured there too */
async function withHistory<T>(
  count: number,
  more: (backend: TestBackend) => Promise<T>,
): Promise<Measured & { rest: T }> {
  const runtime = await testRuntime();
  const backend = await TestBackend.start({}, dataFolder => seedHistory(dataFolder, count, runtime));
  try {
    await backend.restart();
    await calm();
    const began = performance.now();
    await backend.restart();
    const start = performance.now() - began;
    const memory = await idleMemory(backend);
    const times: Record<string, number[]> = {};
    for (const [name, { count: often, ask }] of Object.entries(questions)) {
      times[name] = await timed(often, () => ask(backend));
    }
    const crashed = performance.now();
    await backend.crashAndReturn();
    const startAfterCrash = performance.now() - crashed;
    return { start, startAfterCrash, times, memory, rest: await more(backend) };
  } finally {
    await backend.stop();
  }
}

/** The medians of both, and how many times what the few take the many do. */
function compared(
  few: Measured,
  many: Measured,
): Record<string, { few: number; many: number; ratio: number }> {
  const row = (a: number, b: number): { few: number; many: number; ratio: number } => ({
    few: round(a),
    many: round(b),
    ratio: Math.round((b / a) * 100) / 100,
  });
  return {
    start: row(few.start, many.start),
    startAfterCrash: row(few.startAfterCrash, many.startAfterCrash),
    memory: row(few.memory / 2 ** 20, many.memory / 2 ** 20),
    ...Object.fromEntries(
      Object.keys(questions).map(name => [
        name,
        row(median(few.times[name] ?? []), median(many.times[name] ?? [])),
      ]),
    ),
  };
}

/** From the last word that a process leaves, its exit code in a file, to the client's knowing. Milliseconds. */
async function timeEnds(backend: TestBackend, count: number): Promise<number[]> {
  const file = backend.script('nothing.py', '');
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const { id, folder } = await backend.submit({ file, conf: { 'spark.master': 'local[1]' } });
    const told = await new Promise<number>((resolve, reject) => {
      const subscription = backend.client.on('sparkdeck/changed', change => {
        if (change.id !== id) return;
        const heard = Date.now();
        backend.client.request('batch/get', { id }).then(batch => {
          if (!isTerminal(batch.state)) return;
          subscription.dispose();
          resolve(heard);
        }, reject);
      });
    });
    times.push(told - statSync(join(folder, 'exit')).mtimeMs);
  }
  return times;
}

/** One runs and the others wait, so that it is the acknowledgement alone which is timed. */
async function timeSubmits(backend: TestBackend, count: number): Promise<number[]> {
  await backend.client.request('settings/set', { maxRunning: 1, warmDrivers: 0 });
  const file = backend.script('long.py', 'import time; time.sleep(3600)');
  const first = await backend.submit({ file, conf: { 'spark.master': 'local[1]' } });
  await backend.reaches(first.id, batch => batch.state !== 'not_started');
  await calm();
  const ids: number[] = [];
  const times = await timed(count, async () => {
    ids.push((await backend.submit({ file, conf: { 'spark.master': 'local[1]' } })).id);
  });
  for (const id of ids) await backend.client.request('batch/kill', { id });
  await backend.client.request('batch/kill', { id: first.id });
  return times;
}

async function timed(count: number, act: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const began = performance.now();
    await act();
    times.push(performance.now() - began);
  }
  return times;
}

async function idleMemory(backend: TestBackend): Promise<number> {
  await calm();
  return residentBytes((await backend.client.request('backend/status', {})).pid);
}

const round = (value: number): number => Math.round(value * 10) / 10;
