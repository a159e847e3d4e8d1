import type { LogSearchParams, LogSearchResult } from '../protocol/log.ts';
import { outputFile } from './output.ts';
import { openRegularFile } from '../store/regularFile.ts';

/** Bytes: others get their turn between two pieces. At least as long as the longest line. */
const pieceSize = 256 * 1024;
/** A line that is longer is searched in parts of this length. Bytes. */
const longestLine = 256 * 1024;
const shownLength = 500;
const defaultLimit = 200;

/**
 * Finds lines in a stream of a batch's output, from a position on, reading a piece at a time: memory doesn't grow with
 * the file. The answer comes after `limit` matches, at the file's end, or when the time is up.
 * @param signal aborts the search
 */
export async function searchOutput(
  folder: string,
  params: LogSearchParams,
  signal: AbortSignal,
): Promise<LogSearchResult> {
  const matches: LogSearchResult['matches'] = [];
  const test = matcher(params);
  const limit = params.limit ?? defaultLimit;
  const handle = await openRegularFile(outputFile(folder, params.stream)).catch(() => undefined);
  if (!handle) return { matches, next: 0, ended: true };
  try {
    let position = params.from ?? 0;
    const piece = Buffer.allocUnsafe(pieceSize);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(piece, 0, pieceSize, position);
      if (bytesRead === 0) return { matches, next: position, ended: true };
      const atEnd = bytesRead < pieceSize;
      let start = 0;
      while (start < bytesRead) {
        const newline = piece.indexOf(0x0a, start);
        const isWhole = newline >= 0 && newline < bytesRead;
        const end = isWhole
          ? Math.min(newline, start + longestLine)
          : Math.min(bytesRead, start + longestLine);
        // The rest of a line that goes on in the next piece is read with it.
        if (!isWhole && !atEnd && end - start < longestLine) break;
        const line = piece.toString('utf8', start, end);
        if (test(line)) matches.push({ position: position + start, line: line.slice(0, shownLength) });
        start = end === newline ? end + 1 : end;
        if (matches.length >= limit) return { matches, next: position + start, ended: false };
      }
      position += start;
    }
  } finally {
    await handle.close();
  }
}

function matcher({ query, matchCase }: LogSearchParams): (line: string) => boolean {
  if (matchCase) return line => line.includes(query);
  const wanted = query.toLowerCase();
  return line => line.toLowerCase().includes(wanted);
}
