import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from '../../../server/protocol/runtime.ts';
import { prepareStartup } from './startup.ts';
import { Runtimes } from '../../../server/runtimes/runtimes.ts';

/** Where the tests' Spark lies: with the ones of daily use, so that half a gigabyte is downloaded once. */
export const testInstallFolder: string = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'sparkdeck',
  'runtimes',
);

/** milliseconds; downloading and unpacking half a gigabyte on a slow line and a busy machine */
export const installTimeout = 30 * 60_000;

let runtime: Promise<Runtime> | undefined;

/**
 * The managed Spark that every test with a real Spark runs on, installed when it isn't there. Whatever SPARK_HOME and
 * PYSPARK_PYTHON name on the machine is left out. A `before` hook that awaits this needs `installTimeout`.
 */
export function testRuntime(): Promise<Runtime> {
  runtime ??= install();
  return runtime;
}

async function install(): Promise<Runtime> {
  const { SPARK_HOME: _home, PYSPARK_PYTHON: _python, ...env } = process.env;
  const runtimes = new Runtimes({ env, installFolder: testInstallFolder });
  const runtime = await runtimes.install({}, ({ message, fraction = 0 }) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${(fraction * 100).toFixed(0)} % ${message}\u001b[K`);
    if (process.stderr.isTTY && fraction === 1) process.stderr.write('\n');
  });
  // A minute now, and half the time of every driver after it.
  await prepareStartup(runtime);
  return runtime;
}
