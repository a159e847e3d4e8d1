import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SparkdeckError } from '../protocol/errors.ts';

/**
 * The settings with which a master, a worker or an application takes part in the cluster of this folder
 * (https://spark.apache.org/docs/latest/security.html#authentication). None for a cluster that an older Sparkdeck started
 * without a secret: it stays open until it is stopped.
 * @param isSecured whether it is written down that the cluster has a secret
 * @throws SparkdeckError cluster.failed when that secret is lost
 */
export function authentication(folder: string, isSecured: boolean): Record<string, string> {
  const loss = secretLoss(folder, isSecured);
  if (loss !== undefined) throw new SparkdeckError('cluster.failed', loss);
  const secret = readSecret(folder);
  if (secret === undefined) return {};
  return { 'spark.authenticate': 'true', 'spark.authenticate.secret': secret };
}

/** Why a cluster can't go on, whose secret is gone or damaged; undefined when it can. */
export function secretLoss(folder: string, isSecured: boolean): string | undefined {
  const secret = readSecret(folder);
  if (secret === undefined ? !isSecured : /^[0-9a-f]{64}$/.test(secret)) return undefined;
  return (
    `Its secret, the file ${secretFile(folder)}, is ${secret === undefined ? 'gone' : 'damaged'}, ` +
    'and without it the cluster would be open to everyone on this machine. Start it again: it gets a new one.'
  );
}

/** Makes the secret of a cluster that is about to start. It is kept, over restarts of its processes, until it stops. */
export function makeSecret(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  forgetSecret(folder);
  writeFileSync(secretFile(folder), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
}

/** Of a cluster whose processes are gone. */
export function forgetSecret(folder: string): void {
  rmSync(secretFile(folder), { force: true });
}

/** Undefined when there is none. Another failure, for want of open files say, says nothing of that. */
function readSecret(folder: string): string | undefined {
  try {
    return readFileSync(secretFile(folder), 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const secretFile = (folder: string): string => join(folder, 'secret');
