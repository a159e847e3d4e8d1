import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const marker = 'retired';

/** The numbers of the workers of a cluster. A number is used once: the logs of a worker that was let go stay its own. */
export interface WorkerNumbers {
  /** Those that are there, and those to be started to have as many as are wanted; the lowest that are free. */
  active: number[];
  /** Let go, but perhaps with processes still. */
  leaving: number[];
}

/** Reads them from a cluster's folder. @param wanted how many there should be */
export function workerNumbers(folder: string, wanted: number): WorkerNumbers {
  const all = workersIn(folder);
  const retired = all.filter(number => retirement(folder, number) !== undefined);
  const active = all.filter(number => !retired.includes(number));
  for (let number = 1; active.length < wanted; number++) {
    if (!all.includes(number)) active.push(number);
  }
  return {
    active: active.toSorted((a, b) => a - b),
    leaving: retired.filter(number => retirement(folder, number) === 'leaving'),
  };
}

/** The folders of all workers that it ever had. @param known how many are known of, should a folder have been lost */
export function allWorkerFolders(folder: string, known: number): string[] {
  const numbers = new Set([...Array.from({ length: known }, (_, index) => index + 1), ...workersIn(folder)]);
  return [...numbers].map(number => join(folder, workerRole(number)));
}

/** Also the name of its folder. */
export const workerRole = (number: number): string => `worker-${number}`;

/** Written down before it is ended, so that a backend that comes back goes on with that. */
export function retire(folder: string, number: number): void {
  const own = join(folder, workerRole(number));
  mkdirSync(own, { recursive: true, mode: 0o700 });
  writeFileSync(join(own, marker), 'leaving\n', { mode: 0o600 });
}

/** Nothing of it runs any more: what it needed is removed, its logs stay. */
export async function forgetRetired(folder: string, number: number): Promise<void> {
  const own = join(folder, workerRole(number));
  await rm(join(own, 'work'), { recursive: true, force: true, maxRetries: 3 });
  await rm(join(own, 'scratch'), { recursive: true, force: true, maxRetries: 3 });
  writeFileSync(join(own, marker), 'gone\n', { mode: 0o600 });
}

function workersIn(folder: string): number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap(name => /^worker-([1-9]\d*)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}

function retirement(folder: string, number: number): 'leaving' | 'gone' | undefined {
  const file = join(folder, workerRole(number), marker);
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8').startsWith('gone') ? 'gone' : 'leaving';
}
