import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BatchTable } from '../server/batches/batchTable.ts';
import { isTerminal } from '../server/protocol/batch.ts';
import { Changes } from '../server/store/changes.ts';
import { markFilled, newestRevision, openDatabase } from '../server/store/database.ts';
import { testRuntime } from '../test/spark/support/runtime.ts';
import { TestBackend } from '../test/spark/support/testBackend.ts';
import { calm, median, quantile, residentBytes, saveResult } from './figures.ts';

const history = 10_000;

/** How fast the backend answers, how fast it tells of an end, and what memory it takes. */
export async function benchBackend(ends: number): Promise<void> {
  const empty = await TestBackend.start();
  const emptyMemory = await idleMemory(empty);
  const endTimes = await timeEnds(empty, ends);
  const runningMemory = await idleMemory(empty);
  await empty.stop();

  const runtime = await testRuntime();
  const full = await TestBackend.start({}, dataFolder => {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    const { database } = openDatabase(dataFolder);
    const log = (): void => undefined;
    const table = new BatchTable(
      database,
      new Changes(newestRevision(database)),
      join(dataFolder, 'batches'),
      log,
    );
    for (let index = 0; index < history; index++) {
      const { batch } = table.add({
        request: { file: '/examples/word_count.py', args: ['a', 'b'], conf: { 'spark.master': 'local[2]' } },
        name: `batch ${index}`,
        master: 'local[2]',
        runtime,
        uiPort: 4040,
      });
      table.update(batch.id, { state: 'success', reason: 'exit code 0', exitCode: 0 });
      // As one whose folder was tidied up after its end.
      table.setBytes(batch.id, 0);
    }
    markFilled(database);
    database.close();
  });
  const fullMemory = await idleMemory(full);
  const lists = await timed(200, () => full.client.request('batch/list', { limit: 100 }));
  const submits = await timeSubmits(full, 100);
  await full.stop();

  const milliseconds = (values: readonly number[]): object => ({
    median: round(median(values)),
    p99: round(quantile(values, 0.99)),
    count: values.length,
  });
  const figures = {
    endToEvent: milliseconds(endTimes),
    submit: milliseconds(submits),
    listNewest100of10000: milliseconds(lists),
    memoryMiB: {
      idle: round(emptyMemory / 2 ** 20),
      afterBatches: round(runningMemory / 2 ** 20),
      with10000: round(fullMemory / 2 ** 20),
    },
  };
  console.log(JSON.stringify(figures, undefined, 2));
  saveResult('backend', figures);
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
