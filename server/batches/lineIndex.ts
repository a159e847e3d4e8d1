import { stat, type FileHandle } from 'node:fs/promises';
import { openRegularFile } from '../store/regularFile.ts';

/** Bytes: between two pieces others get their turn, so a piece of nothing but line ends must be counted quickly. */
const pieceSize = 128 * 1024;
/** Where each so many lines begin is kept: eight bytes for that many. */
const stride = 1000;
/** The rest of a line that is longer is left out. Bytes. */
const longestLine = 64 * 1024;
/** What a line takes in memory and in an answer beside its characters, in characters. */
export const lineCost = 32;
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

  /**
   * Reads what was added since.
   * @param ended whether nothing more will be
   * @param signal stops the reading; the next call goes on where this one was
   */
  async extend(ended: boolean, signal: AbortSignal): Promise<void> {
    const size = (await stat(this.#file).catch(() => undefined))?.size ?? 0;
    if (size > this.#scanned) {
      await withFile(this.#file, async handle => {
        for await (const piece of pieces(handle, this.#scanned, size, signal)) this.#count(piece);
      });
    }
    this.#hasRest = ended && this.#scanned > this.#lineStart;
  }

  /**
   * At most so many lines, until they take as many characters as the budget has. Each line costs `lineCost` more than it
   * is long, so that empty ones come to an end too.
   */
  async read(first: number, count: number, budget: number, signal: AbortSignal): Promise<string[]> {
    const lines: string[] = [];
    const start = this.#marks[Math.floor(first / stride)] ?? 0;
    await withFile(this.#file, async handle => {
      const end = this.#hasRest ? this.#scanned : this.#lineStart;
      const splitter = new LineSplitter();
      let number = first - (first % stride);
      let cost = 0;
      const take = (line: string): boolean => {
        if (number++ < first) return true;
        lines.push(line);
        cost += line.length + lineCost;
        return lines.length < count && cost < budget;
      };
      for await (const piece of pieces(handle, start, end, signal)) {
        for (const line of splitter.split(piece)) if (!take(line)) return;
      }
      for (const line of splitter.rest()) take(line);
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

/** Makes lines of pieces. What a piece leaves begun is copied, since its buffer is filled anew. */
class LineSplitter {
  #begun: Buffer[] = [];
  #length = 0;

  *split(piece: Buffer): Generator<string> {
    let start = 0;
    for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline, start)) {
      yield this.#end(piece.subarray(start, at));
      start = at + 1;
    }
    if (start < piece.length) this.#keep(Buffer.from(piece.subarray(start)));
  }

  /** A last line without an end. */
  *rest(): Generator<string> {
    if (this.#length > 0) yield this.#end(Buffer.alloc(0));
  }

  #end(last: Buffer): string {
    if (this.#length === 0) return last.toString('utf8', 0, longestLine);
    this.#keep(last);
    const line = Buffer.concat(this.#begun).toString('utf8');
    this.#begun = [];
    this.#length = 0;
    return line;
  }

  #keep(part: Buffer): void {
    const kept = part.subarray(0, longestLine - this.#length);
    if (kept.length === 0) return;
    this.#begun.push(kept);
    this.#length += kept.length;
  }
}

/** The same buffer again and again, filled anew. */
async function* pieces(
  handle: FileHandle,
  from: number,
  to: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(pieceSize, to - from)));
  for (let position = from; position < to;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function withFile(file: string, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await openRegularFile(file).catch(() => undefined);
  if (!handle) return;
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}
