/** What to do with a line, decided by how it begins: take all of it, only its beginning, or nothing. */
export type Interest = 'whole' | 'head' | 'none';

/**
 * Cuts what is appended to an event log into lines and hands on the ones that matter. A line may come in any number of
 * pieces. Lines without interest, which can be many megabytes (a query plan), are passed over without being collected.
 */
export class EventLines {
  readonly #interest: (head: string) => Interest;
  readonly #onLine: (line: string) => void;
  /** The pieces of the line at hand; undefined when no more of it is wanted. */
  #pieces: Buffer[] | undefined = [];
  #collected = 0;
  #judged: Interest | undefined;

  /** `interest` sees at most the first `headLength` bytes; `onLine` gets as many of a 'head' line, without its end. */
  constructor(interest: (head: string) => Interest, onLine: (line: string) => void) {
    this.#interest = interest;
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(lineFeed, start);
      if (newline === -1) {
        this.#collect(chunk.subarray(start));
        return;
      }
      this.#collect(chunk.subarray(start, newline));
      this.#end();
      start = newline + 1;
    }
  }

  /** Gives up a line that has begun: its file goes no further. */
  discard(): void {
    this.#pieces = [];
    this.#collected = 0;
    this.#judged = undefined;
  }

  #collect(piece: Buffer): void {
    if (!this.#pieces) return;
    this.#pieces.push(piece);
    this.#collected += piece.length;
    if (this.#judged === undefined && this.#collected >= headLength) this.#judge(this.#pieces);
    if (this.#collected > lineLimit) this.#pieces = undefined;
  }

  #judge(pieces: Buffer[]): void {
    const head = whole(pieces, this.#collected).toString('latin1', 0, Math.min(this.#collected, headLength));
    this.#judged = this.#interest(head);
    if (this.#judged === 'whole') return;
    if (this.#judged === 'head') this.#onLine(head);
    this.#pieces = undefined;
  }

  #end(): void {
    if (this.#pieces && this.#collected > 0) {
      // A short line has not been judged yet.
      if (this.#judged === undefined) this.#judge(this.#pieces);
      if (this.#judged === 'whole') this.#onLine(whole(this.#pieces, this.#collected).toString('utf8'));
    }
    this.discard();
  }
}

/** Most lines come in one piece, which needs no copy. */
function whole(pieces: Buffer[], length: number): Buffer {
  const [first] = pieces;
  return first && pieces.length === 1 ? first : Buffer.concat(pieces, length);
}

/** Bytes. What is looked for in the head of a task's event lies within the first 300. */
export const headLength = 512;
/** Bytes. A job with thousands of stages stays far below it; a bound for what a broken file makes us hold. */
const lineLimit = 64 * 1024 * 1024;
const lineFeed = 0x0a;
