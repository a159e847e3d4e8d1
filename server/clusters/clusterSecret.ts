import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The settings with which a master, a worker or an application takes part in the cluster of this folder
 * (https://spark.apache.org/docs/latest/security.html#authentication). None for a cluster that an older Sparkdeck started
 * without a secret: it stays open until it is stopped.
 */
export function authentication(folder: string): Record<string, string> {
  if (!existsSync(secretFile(folder))) return {};
  return {
    'spark.authenticate': 'true',
    'spark.authenticate.secret': readFileSync(secretFile(folder), 'utf8').trim(),
  };
}

/** Makes the secret of a cluster that is about to start. It is kept, over restarts of its processes, until it stops. */
export function makeSecret(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  rmSync(secretFile(folder), { force: true });
  writeFileSync(secretFile(folder), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
}

/** Of a cluster whose processes are gone. */
export function forgetSecret(folder: string): void {
  rmSync(secretFile(folder), { force: true });
}

const secretFile = (folder: string): string => join(folder, 'secret');
