import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Closes to other users what holds their programs' arguments, settings and environments, also where an existing data
 * folder is open to them: the folder itself keeps its mode.
 * @returns what is open to others all the same, for a person
 */
export function protectDataFolder(dataFolder: string): string[] {
  const warnings: string[] = [];
  const close = (path: string, mode: number): void => {
    if (!tighten(path, mode)) warnings.push(`${path} is open to other users, and its mode can't be changed`);
  };
  for (const name of ['batches', 'clusters', 'uploads', 'warm']) {
    const folder = join(dataFolder, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    close(folder, 0o700);
  }
  for (const entry of readdirSync(dataFolder, { withFileTypes: true })) {
    if (entry.isFile() && /^(sparkdeck\.sqlite|backend\.)/.test(entry.name)) {
      close(join(dataFolder, entry.name), 0o600);
    }
  }
  if ((statSync(dataFolder).mode & 0o022) !== 0) {
    warnings.push(`other users may write to ${dataFolder}, so they can put files there in place of these`);
  }
  return warnings;
}

/**
 * Sees to it that a file is this user's alone before something is written to it. One that is there is never opened:
 * to close it again would take away SQLite's locks on it (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
export function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    tighten(file, 0o600);
  }
}

/** @returns whether it is closed to others now */
function tighten(path: string, mode: number): boolean {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
    return (statSync(path).mode & 0o077) === 0;
  } catch {
    return false;
  }
}
