import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SparkdeckError } from '../protocol/errors.ts';
import type { BackendStatus } from '../protocol/methods.ts';
import { productVersion, protocolVersion } from '../protocol/version.ts';
import { BackendClient } from './backendClient.ts';
import { checkOwner, makeDataFolder, pidFile, realDataFolder } from './dataFolder.ts';
import { lastWords } from './lastWords.ts';
import { openSocket } from './openSocket.ts';
import { backendLog, spawnBackend, type BackendProgram } from './spawnBackend.ts';

export type { BackendProgram } from './spawnBackend.ts';

export interface BackendPlace {
  dataFolder: string;
  /** Absent: only a backend that already runs will do. */
  start?: BackendProgram;
  /** How long a backend may take to answer, and to leave when told to, in milliseconds. */
  answerLimit?: number;
}

const startLimit = 60_000;
const usualAnswerLimit = 30_000;

/**
 * Connects to the backend of a data folder, starting it when there is none and replacing one that is older than this client.
 * @throws SparkdeckError backend.unreachable: there is none, and none can be started; backend.silent: there is one, and
 * it doesn't answer; backend.older; folder.unwritable
 */
export async function connectBackend(place: BackendPlace): Promise<BackendClient> {
  return new BackendClient(await openBackend(place));
}

/** The same, as a bare socket that speaks JSON-RPC: what vscode-languageclient wants. */
export async function openBackend({ dataFolder, start, answerLimit }: BackendPlace): Promise<Socket> {
  const place: Place = {
    dataFolder: start ? makeDataFolder(dataFolder) : realDataFolder(dataFolder),
    start,
    answerLimit: answerLimit ?? usualAnswerLimit,
  };
  checkOwner(place.dataFolder);
  // One that answered may leave before it is connected to: it was idle.
  for (let attempt = 0; attempt < 3; attempt++) {
    await ensureBackend(place);
    const socket = await openSocket(place.dataFolder);
    if (socket) return socket;
  }
  throw new SparkdeckError(
    'backend.unreachable',
    `The backend on ${dataFolder} leaves as soon as it is started. See ${backendLog(place.dataFolder)}.`,
  );
}

interface Place {
  /** its real path */
  dataFolder: string;
  start: BackendProgram | undefined;
  answerLimit: number;
}

async function ensureBackend(place: Place): Promise<void> {
  const status = await askStatus(place);
  if (!status) return startBackend(place);
  if (status.protocol > protocolVersion) {
    throw new SparkdeckError(
      'backend.older',
      `The running backend (${status.version}) is newer than this client (${productVersion}). Reload the window, or update Sparkdeck.`,
    );
  }
  if (place.start && isOlder(status, { version: productVersion, protocol: protocolVersion })) {
    await stepDown(place, status);
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

/**
 * @returns undefined when there is no backend, or it goes while it is asked
 * @throws SparkdeckError backend.silent
 */
async function askStatus({ dataFolder, answerLimit }: Place): Promise<BackendStatus | undefined> {
  const socket = await openSocket(dataFolder);
  if (!socket) return undefined;
  const client = new BackendClient(socket);
  try {
    return await client.request('backend/status', {}, { signal: AbortSignal.timeout(answerLimit) });
  } catch (error) {
    if (!(error instanceof SparkdeckError)) throw error;
    if (error.code === 'backend.unreachable') return undefined;
    if (error.code !== 'backend.silent') throw error;
    throw silent(dataFolder, `did not answer within ${answerLimit / 1000} s`, error);
  } finally {
    client.close();
  }
}

/** @throws SparkdeckError backend.silent when it stays */
async function stepDown({ dataFolder, answerLimit }: Place, { pid, version }: BackendStatus): Promise<void> {
  const socket = await openSocket(dataFolder);
  if (!socket) return;
  const client = new BackendClient(socket);
  const limit = AbortSignal.timeout(answerLimit);
  try {
    await client.request('backend/stop', {}, { signal: limit }).catch(() => undefined);
    await Promise.race([client.closed, aborted(limit)]);
  } finally {
    client.close();
  }
  if (limit.aborted && holder(dataFolder) === pid) {
    throw silent(dataFolder, `(${version}) did not make room for ${productVersion} when it was asked to`);
  }
}

async function startBackend(place: Place): Promise<void> {
  const { start, dataFolder } = place;
  if (!start) throw new SparkdeckError('backend.unreachable', `No backend runs on ${dataFolder}.`);
  const began = performance.now();
  let child = spawnBackend(dataFolder, start);
  for (; performance.now() - began < startLimit; await delay(25)) {
    const status = await askStatus(place);
    if (status) {
      // Another one was faster. This one would wait for nobody, or take the place of that one when it leaves.
      if (status.pid !== child.pid && child.end === undefined) child.cancel();
      return;
    }
    // Another one holds the folder: started by another client at the same moment, which will answer, or about to leave.
    if (child.end === 'second') child = spawnBackend(dataFolder, start);
    else if (child.end) break;
  }
  if (child.end === 'second') throw silent(dataFolder, 'holds the folder, and nobody can connect to it');
  const log = backendLog(dataFolder);
  throw new SparkdeckError(
    'backend.unreachable',
    `The backend couldn't be started: ${child.end ?? 'it did not answer'}. ${lastWords(log)} See ${log}.`,
  );
}

/** @returns the process id of the live backend that has taken the folder, as far as is known */
function holder(dataFolder: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(dataFolder), 'utf8'));
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

function silent(dataFolder: string, what: string, cause?: Error): SparkdeckError {
  const pid = holder(dataFolder);
  const help =
    pid === undefined
      ? 'End its process, then try again.'
      : `If it is suspended, let it go on: kill -CONT ${pid}. Otherwise end it: kill -9 ${pid}. Then try again.`;
  return new SparkdeckError(
    'backend.silent',
    `The backend on ${dataFolder}${pid === undefined ? '' : ` (process ${pid})`} ${what}. ${help} Batches and clusters go on either way.`,
    { cause },
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
