import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';

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
 * The one name of a data folder, whatever way it was spelled: processes are recognised by it, so a symbolic link in the
 * path must not make another folder of it. The folder is made if need be, for this user alone.
 * @throws SparkdeckError folder.unwritable
 */
export function makeDataFolder(spelled: string): string {
  try {
    mkdirSync(spelled, { recursive: true, mode: 0o700 });
    const folder = realpathSync.native(spelled);
    checkOwner(folder);
    return folder;
  } catch (error) {
    if (error instanceof SparkdeckError) throw error;
    throw unwritableFolder(spelled, error);
  }
}

/** The same without making it: a folder that isn't there keeps its spelling. */
export function realDataFolder(spelled: string): string {
  try {
    return realpathSync.native(spelled);
  } catch {
    return resolve(spelled);
  }
}

/** What is run or believed of what lies in a data folder. */
const believed = ['sparkdeck.sqlite', 'backend.sock', 'batches', 'clusters', 'uploads', 'warm'];

/**
 * Refuses a data folder that another user has made, also for root: what its records say is run as this user.
 * @throws SparkdeckError folder.unwritable
 */
export function checkOwner(folder: string, user: number | undefined = process.getuid?.()): void {
  if (user === undefined) return;
  for (const path of [folder, ...believed.map(name => join(folder, name))]) {
    const owner = lstatSync(path, { throwIfNoEntry: false })?.uid;
    if (owner === undefined || owner === user) continue;
    throw new SparkdeckError(
      'folder.unwritable',
      `${path} belongs to another user (${owner}), so its data folder is not used: what its records say would be run as you. Choose a folder of your own with --data, SPARKDECK_HOME or the setting sparkdeck.dataFolder, or have it made yours: chown -R.`,
    );
  }
}

export function unwritableFolder(dataFolder: string, cause: unknown): SparkdeckError {
  return new SparkdeckError(
    'folder.unwritable',
    `The data folder ${dataFolder} can't be written (${messageOf(cause)}). Choose another with --data, SPARKDECK_HOME or the setting sparkdeck.dataFolder.`,
    { cause },
  );
}

/** The Unix socket of the backend of a data folder. Its path may be longer than the kernel takes; see socketAddress.ts. */
export function socketPath(dataFolder: string): string {
  return join(realDataFolder(dataFolder), 'backend.sock');
}

/** Holds the process id of the backend that has the data folder, for people and messages; the lock is what counts. */
export function pidFile(dataFolder: string): string {
  return join(dataFolder, 'backend.pid');
}
