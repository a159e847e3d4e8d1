import { createHash } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { SparkdeckError } from '../protocol/errors.ts';

/** A path that bind(2) and connect(2) take for a socket. Released when the socket is connected or closed. */
export interface SocketAddress {
  path: string;
  release(): void;
}

/**
 * The kernel takes about a hundred bytes for a socket's path (sun_path in unix(7)). Linux reaches the socket of a longer
 * one through a descriptor of its folder; elsewhere it lies in the temporary folder, in a folder that is this user's alone.
 * @throws SparkdeckError folder.unwritable when that folder is someone else's, or open to others
 */
export function socketAddress(
  file: string,
  { platform = process.platform, temporary = tmpdir() } = {},
): SocketAddress {
  if (Buffer.byteLength(file) <= 100) return { path: file, release: () => undefined };
  if (platform === 'linux') {
    const folder = openSync(dirname(file), 'r');
    return {
      path: `/proc/self/fd/${folder}/${basename(file)}`,
      release: () => closeSync(folder),
    };
  }
  const folder = join(temporary, `sparkdeck-${ownUser()}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  checkOwnFolder(folder);
  const digest = createHash('sha256').update(file).digest('hex').slice(0, 16);
  return { path: join(folder, `${digest}.sock`), release: () => undefined };
}

/**
 * Anyone can make a socket where others may write, and answer as if he were the backend.
 * @throws SparkdeckError backend.unreachable when the socket at this path isn't this user's
 */
export function checkOwnSocket(path: string): void {
  const owner = lstatSync(path).uid;
  if (owner === ownUser()) return;
  throw new SparkdeckError(
    'backend.unreachable',
    `The socket ${path} belongs to another user (${owner}), so it is not used. Choose a data folder of your own with --data, SPARKDECK_HOME or the setting sparkdeck.dataFolder.`,
  );
}

function checkOwnFolder(folder: string): void {
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === ownUser() && (found.mode & 0o077) === 0) return;
  throw new SparkdeckError(
    'folder.unwritable',
    `The folder for the backend's socket, ${folder}, isn't yours alone: it belongs to user ${found.uid}, with mode ${(found.mode & 0o777).toString(8)}. Remove it (or chmod 700 it), or choose a data folder with a shorter path.`,
  );
}

function ownUser(): number {
  return process.getuid?.() ?? 0;
}
