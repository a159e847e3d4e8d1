import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestBackend } from '../test/spark/support/testBackend.ts';
import { median, residentBytes, saveResult } from './figures.ts';

const size = 2 ** 30;
const cliMain = fileURLToPath(new URL('../server/api/cli/main.ts', import.meta.url));

/** A gigabyte of output read to its end by the command line, beside `tail -c +1 -f | cat` over the same file. */
export async function benchLog(rounds: number): Promise<void> {
  const backend = await TestBackend.start();
  try {
    const file = backend.script('nothing.py', 'print("a first line")');
    const { id } = await backend.submit({ file, conf: { 'spark.master': 'local[1]' } });
    const { folder } = await backend.end(id);
    const log = join(folder, 'stdout.log');
    grow(log);
    const { pid } = await backend.client.request('backend/status', {});
    const before = residentBytes(pid);
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), 20);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      theirs.push(await byTail(log));
      ours.push(await byClient(backend, id));
      console.log(
        `round ${round + 1}: tail ${theirs.at(-1)?.toFixed(2)} s, client ${ours.at(-1)?.toFixed(2)} s`,
      );
    }
    clearInterval(watch);
    const two = (value: number): number => Math.round(value * 100) / 100;
    const figures = {
      bytes: size,
      client: two(median(ours)),
      tail: two(median(theirs)),
      ratio: two(median(ours) / median(theirs)),
      memoryMiB: { before: Math.round(before / 2 ** 20), peak: Math.round(peak / 2 ** 20) },
    };
    console.log(JSON.stringify(figures, undefined, 2));
    saveResult('log', figures);
  } finally {
    await backend.stop();
  }
}

function grow(log: string): void {
  const line = `${'the quick brown fox jumps over the lazy dog '.repeat(2)}\n`;
  const block = line.repeat(Math.ceil(2 ** 24 / line.length));
  for (let written = 0; written < size; written += block.length) appendFileSync(log, block);
}

/** Seconds until `tail` has given out a gigabyte. */
async function byTail(log: string): Promise<number> {
  const began = performance.now();
  // Without an end of its own, tail -f ends when nobody takes what it has.
  const child = spawn('sh', ['-c', `tail -c +1 -f "$1" | head -c ${size} | cat > /dev/null`, 'sh', log]);
  await new Promise(resolve => child.once('exit', resolve));
  return (performance.now() - began) / 1000;
}

/** Seconds until `sparkdeck logs`, started for it, has given out a gigabyte. */
async function byClient(backend: TestBackend, id: number): Promise<number> {
  const began = performance.now();
  const line = '"$0" "$1" logs "$2" --stream stdout --data "$3" | cat > /dev/null';
  const child = spawn('sh', ['-c', line, process.execPath, cliMain, String(id), backend.dataFolder], {
    stdio: 'inherit',
  });
  await new Promise(resolve => child.once('exit', resolve));
  return (performance.now() - began) / 1000;
}
