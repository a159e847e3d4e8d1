import { isTerminal, type Batch } from '../protocol/batch.ts';
import type { Stream } from '../protocol/log.ts';
import { LineIndex, lineCost } from './lineIndex.ts';
import { outputFile, readTail } from './output.ts';
import { Slots } from './slots.ts';

/** Of one answer, in characters, with `lineCost` for each line: it is made in one turn of the event loop. */
const longestAnswer = 8 * 1024 * 1024;
/** Of each stream, in bytes, where only its last lines are wanted. */
const tailBytes = 16 * 1024;
/** Answers that are read at once: each may take `longestAnswer` until it is sent. */
const mostReads = 4;
/** Of so many files the index is kept, those that were asked for last. */
const keptIndexes = 64;

export interface OutputLines {
  from: number;
  /** How many there are by now. */
  total: number;
  lines: string[];
}

/**
 * Reads output by the numbers of lines, as Livy's clients do: standard output, then standard error, each under a heading.
 * A log of gigabytes is read once from end to end, then by its index; what is appended is read when it is asked for.
 */
export class LineReader {
  readonly #indexes = new Map<string, { index: LineIndex; before: Promise<void> }>();
  readonly #slots = new Slots(mostReads);

  /**
   * @param from absent or negative: the last lines
   * @param size negative: all. An answer is bounded all the same: whoever wants more asks from where it ends.
   * @param signal stops the reading when nobody waits for the answer any more
   */
  async read(
    batch: Batch,
    from: number | undefined,
    size: number,
    signal: AbortSignal,
  ): Promise<OutputLines> {
    return this.#slots.run(signal, () => this.#read(batch, from, size, signal));
  }

  async #read(
    batch: Batch,
    from: number | undefined,
    size: number,
    signal: AbortSignal,
  ): Promise<OutputLines> {
    const ended = isTerminal(batch.state);
    const [stdout, stderr] = await Promise.all([
      this.#index(outputFile(batch.folder, 'stdout'), ended, signal),
      this.#index(outputFile(batch.folder, 'stderr'), ended, signal),
    ]);
    const parts = [heading('stdout: '), part(stdout), heading('\nstderr: '), part(stderr)];
    const total = parts.reduce((sum, { count }) => sum + count, 0);
    const wanted = size < 0 ? total : size;
    const start = from === undefined || from < 0 ? Math.max(0, total - wanted) : Math.min(from, total);
    const lines: string[] = [];
    let budget = longestAnswer;
    let begin = 0;
    for (const { count, read } of parts) {
      const first = Math.max(start, begin) - begin;
      const last = Math.min(start + wanted, begin + count) - begin;
      begin += count;
      if (last <= first || budget <= 0) continue;
      const found = await read(first, last - first, budget, signal);
      budget -= found.reduce((sum, line) => sum + line.length + lineCost, 0);
      if (found.length < last - first) budget = 0;
      for (const line of found) lines.push(line);
    }
    return { from: start, total, lines };
  }

  /**
   * The last lines alone, as `read` gives them, in the most cases from the ends of the files: a list of many batches wouldn't
   * have all their output read.
   */
  async last(batch: Batch, count: number, signal: AbortSignal): Promise<string[]> {
    const ended = isTerminal(batch.state);
    const [stdout, stderr] = await Promise.all([
      lastLines(batch.folder, 'stdout', ended),
      lastLines(batch.folder, 'stderr', ended),
    ]);
    const below = [...(stderr.isWhole ? ['\nstderr: '] : []), ...stderr.lines];
    const all = stderr.isWhole ? [...stdout.lines, ...below] : below;
    const isWhole = stderr.isWhole && stdout.isWhole;
    if (isWhole) return ['stdout: ', ...all].slice(-count);
    return all.length >= count ? all.slice(-count) : (await this.read(batch, undefined, count, signal)).lines;
  }

  /** One at a time extends an index. One that was stopped is gone on with by the next. */
  async #index(file: string, ended: boolean, signal: AbortSignal): Promise<LineIndex> {
    const known = this.#indexes.get(file) ?? { index: new LineIndex(file), before: Promise.resolve() };
    const extended = known.before.then(() => known.index.extend(ended, signal));
    this.#indexes.delete(file);
    this.#indexes.set(file, { index: known.index, before: extended.catch(() => undefined) });
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > keptIndexes && oldest !== undefined) this.#indexes.delete(oldest);
    await extended;
    return known.index;
  }
}

/** Without what may be half a line, at the beginning or at the end. */
async function lastLines(
  folder: string,
  stream: Stream,
  ended: boolean,
): Promise<{ lines: string[]; isWhole: boolean }> {
  const text = await readTail(folder, stream, tailBytes + 1);
  const isWhole = Buffer.byteLength(text) <= tailBytes;
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  if (ended && rest !== '') lines.push(rest);
  return { lines: isWhole ? lines : lines.slice(1), isWhole };
}

interface Part {
  count: number;
  read: (first: number, count: number, budget: number, signal: AbortSignal) => Promise<string[]>;
}

const heading = (text: string): Part => ({ count: 1, read: async () => [text] });
const part = (index: LineIndex): Part => ({
  count: index.count,
  read: (first, count, budget, signal) => index.read(first, count, budget, signal),
});
