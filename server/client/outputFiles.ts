import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SparkdeckError } from '../protocol/errors.ts';
import type { LogFilesResult, LogPosition, Stream } from '../protocol/log.ts';

const pieceSize = 1024 * 1024;
/** Between two looks at a file that the backend doesn't see grow, because it was removed. Milliseconds. */
const lookInterval = 200;
/** As log/read has it. */
const readingOrder: readonly Stream[] = ['stderr', 'stdout'];

export interface CopyOptions {
  streams: readonly Stream[];
  from: LogPosition;
  /** Start before so many of the last lines of each, in place of `from`. */
  tail?: number | undefined;
  /** Go on until the batch ends. */
  follow: boolean;
  /** Asks where the files are; when following, the answer comes once they have more than that, or the batch has ended. */
  ask: (from: LogPosition) => Promise<LogFilesResult>;
  /** Settles when there is room for more. The bytes are good until then. */
  write: (stream: Stream, bytes: Uint8Array) => Promise<void>;
}

/**
 * Copies a batch's output from its files on this machine, byte by byte, as far as the backend says that it goes. What is held in
 * memory is one piece, however slow the reader is. Files that are open stay readable when their folder is removed; a file that
 * was replaced is opened anew.
 * @returns undefined when all was copied; otherwise where to go on by other means, since the files can't be read here
 */
export async function copyOutputFiles(options: CopyOptions): Promise<LogPosition | undefined> {
  const position = { ...options.from };
  const files = new Map<Stream, OpenFile>();
  let tail = options.tail;
  const piece = Buffer.allocUnsafe(pieceSize);
  try {
    for (;;) {
      const told = await askOrFinish(options, position, files.size > 0);
      let copied = 0;
      for (const stream of readingOrder.filter(each => options.streams.includes(each))) {
        const file = told ? await current(files.get(stream), told.files[stream]) : files.get(stream);
        if (file === 'unreadable') return position;
        files.delete(stream);
        if (!file) continue;
        files.set(stream, file);
        const size = (await file.handle.stat()).size;
        if (tail !== undefined) position[stream] = await lastLinesStart(file.handle, size, tail);
        while (position[stream] < size) {
          const length = Math.min(pieceSize, size - position[stream]);
          const { bytesRead } = await file.handle.read(piece, 0, length, position[stream]);
          if (bytesRead === 0) break;
          await options.write(stream, piece.subarray(0, bytesRead));
          position[stream] += bytesRead;
          copied += bytesRead;
        }
      }
      tail = undefined;
      if (!told || told.ended || !options.follow) return undefined;
      if (copied === 0) await delay(lookInterval);
    }
  } finally {
    await Promise.all([...files.values()].map(({ handle }) => handle.close()));
  }
}

interface OpenFile {
  handle: FileHandle;
  identity: string;
}

/** Undefined when the batch is gone: it had ended before, so what is in the open files is all there is. */
async function askOrFinish(
  { ask }: CopyOptions,
  position: LogPosition,
  isOpen: boolean,
): Promise<LogFilesResult | undefined> {
  try {
    return await ask(position);
  } catch (error) {
    if (isOpen && error instanceof SparkdeckError && error.code === 'batch.missing') return undefined;
    throw error;
  }
}

/** The file at this path; the one that is open already when it is still that, or when there is none any more. */
async function current(
  old: OpenFile | undefined,
  path: string,
): Promise<OpenFile | 'unreadable' | undefined> {
  const there = await stat(path).catch(() => undefined);
  if (old && (!there || identityOf(there) === old.identity)) return old;
  await old?.handle.close();
  try {
    // Whatever lies there: to open a pipe must not wait for its writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const opened = await handle.stat();
    if (opened.isFile()) return { handle, identity: identityOf(opened) };
    await handle.close();
    return 'unreadable';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : 'unreadable';
  }
}

const identityOf = ({ dev, ino }: { dev: number; ino: number }): string => `${dev}:${ino}`;

/** Where the last lines begin. A last line without a line end counts as one. */
async function lastLinesStart(handle: FileHandle, size: number, lines: number): Promise<number> {
  if (lines <= 0) return size;
  const piece = Buffer.allocUnsafe(64 * 1024);
  let missing = lines;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - piece.length);
    const { bytesRead } = await handle.read(piece, 0, end - start, start);
    for (let at = bytesRead; at > 0;) {
      at = piece.lastIndexOf(0x0a, at - 1);
      if (at < 0) break;
      // The line end of the last line begins none.
      if (start + at < size - 1 && --missing === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
