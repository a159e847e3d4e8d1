import { createReadStream } from 'node:fs';

/**
 * The number of the line that a byte of a file is in; the first is 0. Reads the file up to there.
 * @param position in bytes
 */
export async function lineAt(file: string, position: number): Promise<number> {
  if (position === 0) return 0;
  let line = 0;
  const pieces: AsyncIterable<Buffer> = createReadStream(file, { end: position - 1 });
  for await (const piece of pieces) {
    for (let at = piece.indexOf(newline); at !== -1; at = piece.indexOf(newline, at + 1)) line++;
  }
  return line;
}

const newline = 0x0a;
