import { open, stat, type FileHandle } from 'node:fs/promises';

const pieceSize = 1024 * 1024;
/** Where each so many lines begin is kept: eight bytes for that many. */
const stride = 1000;
/** The rest of a line that is longer is left out. Bytes. */
const longestLine = 64 * 1024;
const newline = 0x0a;

/** Where the lines of a file that grows are. */
export class LineIndex {
  readonly #file: string;
  /** Where line 0, `stride`, 2 × `stride` … begin. */
  readonly #marks = [0];
  #scanned = 0;
  #lineStart = 0;
  #whole = 0;
  #hasRest = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Lines that are whole; and once nothing is added, a last one without an end. */
  get count(): number {
    return this.#whole + (this.#hasRest ? 1 : 0);
  }

  /** Reads what was added since. @param ended whether nothing more will be */
  async extend(ended: boolean): Promise<void> {
    const size = (await stat(this.#file).catch(() => undefined))?.size ?? 0;
    if (size > this.#scanned) {
      await withFile(this.#file, async handle => {
        for await (const piece of pieces(handle, this.#scanned, size)) this.#count(piece);
      });
    }
    this.#hasRest = ended && this.#scanned > this.#lineStart;
  }

  /** At most so many lines, until so many characters are reached. */
  async read(first: number, count: number, budget: number): Promise<string[]> {
    const lines: string[] = [];
    const start = this.#marks[Math.floor(first / stride)] ?? 0;
    await withFile(this.#file, async handle => {
      let number = first - (first % stride);
      let length = 0;
      for await (const line of linesOf(
        pieces(handle, start, this.#hasRest ? this.#scanned : this.#lineStart),
      )) {
        if (number++ < first) continue;
        lines.push(line);
        length += line.length;
        if (lines.length >= count || length >= budget) return;
      }
    });
    return lines;
  }

  #count(piece: Buffer): void {
    for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline, at + 1)) {
      this.#whole++;
      this.#lineStart = this.#scanned + at + 1;
      if (this.#whole % stride === 0) this.#marks.push(this.#lineStart);
    }
    this.#scanned += piece.length;
  }
}

async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun = Buffer.alloc(0);
  let isOpen = false;
  for await (const piece of source) {
    let start = 0;
    while (start < piece.length) {
      const found = piece.indexOf(newline, start);
      const end = found < 0 ? piece.length : found;
      begun = Buffer.concat([
        begun,
        piece.subarray(start, Math.min(end, start + longestLine - begun.length)),
      ]);
      isOpen = found < 0;
      start = end + 1;
      if (isOpen) break;
      yield begun.toString('utf8');
      begun = Buffer.alloc(0);
    }
  }
  if (isOpen) yield begun.toString('utf8');
}

/** The same buffer again and again, filled anew. */
async function* pieces(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(pieceSize, to - from)));
  for (let position = from; position < to;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function withFile(file: string, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return;
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}
