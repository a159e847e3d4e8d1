import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { BackendStatus } from '../protocol/methods.ts';
import { launchMarker } from '../protocol/launchMarker.ts';
import { productVersion, protocolVersion } from '../protocol/version.ts';
import { BackendClient } from './backendClient.ts';
import { socketPath } from './dataFolder.ts';

/** How a backend is started when none answers: a program and its arguments; `--data FOLDER` is added. */
export interface BackendProgram {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

export interface BackendPlace {
  dataFolder: string;
  /** Absent: only a backend that already runs will do. */
  start?: BackendProgram;
}

/** What a backend says when it exits because another one holds the data folder. */
export const exitOfSecondBackend = 3;

const startLimit = 60_000;

/** Connects to the backend of a data folder, starting it when there is none and replacing one that is older than this client. */
export async function connectBackend(place: BackendPlace): Promise<BackendClient> {
  return new BackendClient(await openBackend(place));
}

/** The same, as a bare socket that speaks JSON-RPC: what vscode-languageclient wants. */
export async function openBackend(place: BackendPlace): Promise<Socket> {
  await ensureBackend(place);
  return openSocket(socketPath(place.dataFolder));
}

async function ensureBackend(place: BackendPlace): Promise<void> {
  const status = await askStatus(place.dataFolder);
  if (!status) return startBackend(place);
  if (status.protocol > protocolVersion) {
    throw new SparkdeckError(
      'backend.older',
      `The running backend (${status.version}) is newer than this client (${productVersion}). Reload the window, or update Sparkdeck.`,
    );
  }
  if (place.start && isOlder(status, { version: productVersion, protocol: protocolVersion })) {
    await stepDown(place.dataFolder);
    await startBackend(place);
  }
}

/** Whether a backend should make room for a newer one. Pre-release tags are not looked at. */
export function isOlder(
  backend: { version: string; protocol: number },
  client: { version: string; protocol: number },
): boolean {
  if (backend.protocol !== client.protocol) return backend.protocol < client.protocol;
  const parts = (version: string): number[] => version.split(/[.-]/, 3).map(Number);
  const [a, b] = [parts(backend.version), parts(client.version)];
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** @returns undefined when there is no backend, or it goes while it is asked */
async function askStatus(dataFolder: string): Promise<BackendStatus | undefined> {
  const socket = await openSocket(socketPath(dataFolder)).catch(() => undefined);
  if (!socket) return undefined;
  const client = new BackendClient(socket);
  try {
    return await client.request('backend/status', {}, { signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    if (error instanceof SparkdeckError && error.code === 'backend.unreachable') return undefined;
    throw error;
  } finally {
    client.close();
  }
}

async function stepDown(dataFolder: string): Promise<void> {
  const client = new BackendClient(await openSocket(socketPath(dataFolder)));
  await client.request('backend/stop', {}).catch(() => undefined);
  await client.closed;
  client.close();
}

async function startBackend(place: BackendPlace): Promise<void> {
  const { start, dataFolder } = place;
  if (!start) throw new SparkdeckError('backend.unreachable', `No backend runs on ${dataFolder}.`);
  const logFile = join(dataFolder, 'backend.log');
  const began = performance.now();
  let child = spawnBackend(dataFolder, start, logFile);
  for (; performance.now() - began < startLimit; await delay(25)) {
    if (await askStatus(dataFolder)) return;
    // Another one holds the folder: started by another client at the same moment, which will answer, or about to leave.
    if (child.end === 'second') child = spawnBackend(dataFolder, start, logFile);
    else if (child.end) break;
  }
  throw new SparkdeckError(
    'backend.unreachable',
    `The backend couldn't be started: ${child.end ?? 'it did not answer'}. ${lastLine(logFile)} See ${logFile}.`,
  );
}

/** @returns how it ended, once it has: 'second', or words for a person */
function spawnBackend(
  dataFolder: string,
  { program, args, env }: BackendProgram,
  logFile: string,
): { end?: string } {
  const log = openLog(dataFolder, logFile);
  // A backend that is started from within a batch is no part of that batch, and isn't killed with it.
  const { [launchMarker]: _, ...ownEnv } = env;
  const child = spawn(program, [...args, '--data', dataFolder], {
    detached: true,
    stdio: ['ignore', log, log],
    env: ownEnv,
    cwd: dataFolder,
  });
  closeSync(log);
  const state: { end?: string } = {};
  child.once('error', error => (state.end = messageOf(error)));
  child.once('exit', (code, signal) => {
    state.end = code === exitOfSecondBackend ? 'second' : `it ended with ${signal ?? `exit code ${code}`}`;
  });
  child.unref();
  return state;
}

function openLog(dataFolder: string, logFile: string): number {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    return openSync(logFile, 'a', 0o600);
  } catch (error) {
    throw new SparkdeckError(
      'folder.unwritable',
      `The data folder ${dataFolder} can't be written (${messageOf(error)}). Choose another with --data, SPARKDECK_HOME or the setting sparkdeck.dataFolder.`,
      { cause: error },
    );
  }
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
