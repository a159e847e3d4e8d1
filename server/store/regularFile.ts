import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';

/** A pipe without a writer, or a device, would block whoever opens it; these flags don't. */
const readOnly = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens a file whose path came from outside, for reading. Never waits, whatever is there.
 * @throws SparkdeckError file.missing when it can't be opened, file.kind when it is a folder, a pipe or a device
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const handle = await open(path, readOnly).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    if (!(await handle.stat()).isFile()) throw notRegular(path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Reads such a file at once.
 * @param limit in bytes
 * @throws SparkdeckError as `openRegularFile`, and file.kind when it is larger than `limit`
 */
export function readRegularFile(path: string, limit: number): Buffer {
  const file = openFile(path);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw notRegular(path);
    // Files of /proc say that they are empty: what counts is what can be read.
    const buffer = Buffer.alloc(Math.min(stat.size, limit) + 64 * 1024);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    if (length <= limit && length < buffer.length) return buffer.subarray(0, length);
    throw new SparkdeckError(
      'file.kind',
      `${path} is larger than ${limit} bytes, too large to be read here.`,
    );
  } finally {
    closeSync(file);
  }
}

/** The text of a small file; empty where none can be read. */
export function textIfThere(path: string): string {
  try {
    return readRegularFile(path, smallFile).toString('utf8');
  } catch {
    return '';
  }
}

/** Bytes. */
const smallFile = 2 ** 20;

function openFile(path: string): number {
  try {
    return openSync(path, readOnly);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): SparkdeckError {
  const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return new SparkdeckError(
    'file.missing',
    isGone
      ? `There is no file ${path}. Check the path.`
      : `${path} can't be read: ${messageOf(error)}. Check its permissions.`,
    { cause: error },
  );
}

const notRegular = (path: string): SparkdeckError =>
  new SparkdeckError('file.kind', `${path} is not a file, but a folder, a pipe or a device. Choose a file.`);
