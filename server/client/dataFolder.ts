import { createHash } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a backend keeps everything: SPARKDECK_HOME, else the user's data folder (XDG base directory specification). */
export function defaultDataFolder(env: NodeJS.ProcessEnv): string {
  if (env['SPARKDECK_HOME']) return resolve(env['SPARKDECK_HOME']);
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'sparkdeck');
}

/** Where downloads are kept, shared by all data folders. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sparkdeck');
}

/**
 * The Unix socket of the backend of a data folder. The kernel takes about a hundred bytes for its path (sun_path in
 * unix(7)), so a long data folder gets a socket in the temporary folder, in a directory that only this user can enter.
 */
export function socketPath(dataFolder: string): string {
  const beside = join(dataFolder, 'backend.sock');
  if (Buffer.byteLength(beside) <= 100) return beside;
  const digest = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
  return join(tmpdir(), `sparkdeck-${process.getuid?.() ?? 0}`, `${digest}.sock`);
}
