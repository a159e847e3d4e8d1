import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { launchMarker } from '../protocol/launchMarker.ts';
import { messageOf } from '../protocol/errors.ts';
import { unwritableFolder } from './dataFolder.ts';

/** How a backend is started when none answers: a program and its arguments; `--data FOLDER` is added. */
export interface BackendProgram {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/** What a backend says when it exits because another one holds the data folder. */
export const exitOfSecondBackend = 3;

/** Where a backend that a client started writes what it has to say. */
export function backendLog(dataFolder: string): string {
  return join(dataFolder, 'backend.log');
}

/** A backend that this process started. */
export interface SpawnedBackend {
  readonly pid: number | undefined;
  /** How it ended, once it has: 'second' when another one holds the folder, else words for a person. */
  end?: string;
  /** Ends it: it isn't needed after all. */
  cancel(): void;
}

/**
 * Starts a backend that outlives this process.
 * @throws SparkdeckError folder.unwritable
 */
export function spawnBackend(dataFolder: string, { program, args, env }: BackendProgram): SpawnedBackend {
  const log = openLog(dataFolder);
  // A backend that is started from within a batch is no part of that batch, and isn't killed with it.
  const ownEnv = { ...env, [launchMarker]: dataFolder };
  const child = spawn(program, [...args, '--data', dataFolder], {
    detached: true,
    stdio: ['ignore', log, log],
    env: ownEnv,
    cwd: dataFolder,
  });
  closeSync(log);
  const state: SpawnedBackend = { pid: child.pid, cancel: () => child.kill() };
  child.once('error', error => (state.end = messageOf(error)));
  child.once('exit', (code, signal) => {
    state.end = code === exitOfSecondBackend ? 'second' : `it ended with ${signal ?? `exit code ${code}`}`;
  });
  child.unref();
  return state;
}

/** A log that has grown long makes room for a new one; one old log is kept. */
const longestLog = 5 * 1024 ** 2;

function openLog(dataFolder: string): number {
  const file = backendLog(dataFolder);
  try {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > longestLog) renameSync(file, `${file}.old`);
    return openSync(file, 'a', 0o600);
  } catch (error) {
    throw unwritableFolder(dataFolder, error);
  }
}
