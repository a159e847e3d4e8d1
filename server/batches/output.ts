import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  streams,
  type LogPosition,
  type LogReadParams,
  type LogReadResult,
  type Stream,
} from '../protocol/log.ts';
import { openRegularFile } from '../store/regularFile.ts';

const defaultLimit = 256 * 1024;
const readingOrder: readonly Stream[] = ['stderr', 'stdout'];

export const outputFile = (folder: string, stream: Stream): string => join(folder, `${stream}.log`);

/** Changes when something is written to a batch's output. */
export function outputStamp(folder: string): string {
  return streams
    .map(stream => {
      const found = statSync(outputFile(folder, stream), { bigint: true, throwIfNoEntry: false });
      return found ? `${found.ino}.${found.size}.${found.mtimeNs}` : 'none';
    })
    .join(' ');
}

/**
 * Reads what comes after a position, standard error first: in a log that is opened late, Spark's lines then stand above
 * what the program printed. A character that is cut at the end of a read waits for the next one.
 * @param ended whether nothing will be added: then a cut character is given as it is
 */
export async function readOutput(
  folder: string,
  params: Pick<LogReadParams, 'from' | 'tail' | 'streams' | 'limit'>,
  ended: boolean,
): Promise<LogReadResult> {
  const wanted = params.streams ?? streams;
  const next: LogPosition = { stdout: 0, stderr: 0, ...params.from };
  const chunks: LogReadResult['chunks'] = [];
  let skipped = 0;
  let budget = params.limit ?? defaultLimit;
  let whole = true;
  for (const stream of readingOrder.filter(each => wanted.includes(each))) {
    const file = outputFile(folder, stream);
    const size = await sizeOf(file);
    if (!params.from && params.tail !== undefined) {
      next[stream] = await tailStart(file, size, params.tail);
      skipped += next[stream];
    }
    const bytes = await readBytes(file, next[stream], Math.min(budget, size - next[stream]));
    const kept =
      ended && next[stream] + bytes.length >= size ? bytes : bytes.subarray(0, wholeCharacters(bytes));
    if (kept.length > 0) chunks.push({ stream, text: kept.toString('utf8') });
    next[stream] += kept.length;
    budget -= kept.length;
    whole &&= next[stream] >= size;
  }
  return { chunks, skipped, next, ended: ended && whole };
}

/** The last bytes of a stream, for what looks for reasons in it. */
export async function readTail(folder: string, stream: Stream, bytes: number): Promise<string> {
  const file = outputFile(folder, stream);
  const size = await sizeOf(file);
  return (await readBytes(file, Math.max(0, size - bytes), Math.min(bytes, size))).toString('utf8');
}

/** In bytes; 0 where there is no file. */
export async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

async function readBytes(file: string, position: number, length: number): Promise<Buffer> {
  if (length <= 0) return Buffer.alloc(0);
  const handle = await openRegularFile(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The first beginning of a line within the last `tail` bytes, so that no half line is shown. */
async function tailStart(file: string, size: number, tail: number): Promise<number> {
  const start = size - tail;
  if (start <= 0) return 0;
  const look = await readBytes(file, start - 1, Math.min(tail + 1, 64 * 1024));
  const newline = look.indexOf(0x0a);
  return newline < 0 ? start : start + newline;
}

/** How many leading bytes make whole UTF-8 characters. Bytes that are no UTF-8 at all count as whole. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
