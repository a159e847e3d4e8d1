import { isTerminal, type Batch } from '../protocol/batch.ts';
import type { Stream } from '../protocol/log.ts';
import { LineIndex } from './lineIndex.ts';
import { outputFile, readTail } from './output.ts';

/** Of one answer, in characters. */
const longestAnswer = 16 * 1024 * 1024;
/** Of each stream, in bytes, where only its last lines are wanted. */
const tailBytes = 16 * 1024;
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
  readonly #indexes = new Map<string, Promise<LineIndex>>();

  /** @param from absent or negative: the last lines. @param size negative: all. An answer is bounded all the same. */
  async read(batch: Batch, from: number | undefined, size: number): Promise<OutputLines> {
    const ended = isTerminal(batch.state);
    const [stdout, stderr] = await Promise.all([
      this.#index(outputFile(batch.folder, 'stdout'), ended),
      this.#index(outputFile(batch.folder, 'stderr'), ended),
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
      const found = await read(first, last - first, budget);
      budget -= found.reduce((sum, line) => sum + line.length, 0);
      if (found.length < last - first) budget = 0;
      lines.push(...found);
    }
    return { from: start, total, lines };
  }

  /**
   * The last lines alone, as `read` gives them, in the most cases from the ends of the files: a list of many batches wouldn't
   * have all their output read.
   */
  async last(batch: Batch, count: number): Promise<string[]> {
    const ended = isTerminal(batch.state);
    const [stdout, stderr] = await Promise.all([
      lastLines(batch.folder, 'stdout', ended),
      lastLines(batch.folder, 'stderr', ended),
    ]);
    const below = [...(stderr.isWhole ? ['\nstderr: '] : []), ...stderr.lines];
    const all = stderr.isWhole ? [...stdout.lines, ...below] : below;
    const isWhole = stderr.isWhole && stdout.isWhole;
    if (isWhole) return ['stdout: ', ...all].slice(-count);
    return all.length >= count ? all.slice(-count) : (await this.read(batch, undefined, count)).lines;
  }

  /** One at a time extends an index. */
  async #index(file: string, ended: boolean): Promise<LineIndex> {
    const before = this.#indexes.get(file) ?? Promise.resolve(new LineIndex(file));
    const next = before.then(async index => {
      await index.extend(ended);
      return index;
    });
    this.#indexes.delete(file);
    this.#indexes.set(file, next);
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > keptIndexes && oldest !== undefined) this.#indexes.delete(oldest);
    next.catch(() => this.#indexes.delete(file));
    return next;
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
  read: (first: number, count: number, budget: number) => Promise<string[]>;
}

const heading = (text: string): Part => ({ count: 1, read: async () => [text] });
const part = (index: LineIndex): Part => ({
  count: index.count,
  read: (first, count, budget) => index.read(first, count, budget),
});
