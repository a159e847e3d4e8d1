import { Option } from 'commander';
import {
  streams,
  type LogPosition,
  type LogSearchParams,
  type LogSearchResult,
  type Stream,
} from '../../protocol/log.ts';
import { batchId, wholeNumber } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { readLog } from './follow.ts';
import { lastLines } from './format/lastLines.ts';
import type { SteadyBackend } from './steadyBackend.ts';

const firstTail = 64 * 1024;
const largestTail = 64 * 1024 * 1024;

interface LogsOptions {
  follow?: boolean;
  stream?: Stream;
  tail?: number;
  grep?: string;
  ignoreCase?: boolean;
}

export const logs: CliCommand = (parent, cli) => {
  const command = parent
    .command('logs')
    .description("print a batch's output: the program's to stdout, Spark's log to stderr")
    .argument('<id>', "the batch's number", batchId)
    .option('-f, --follow', 'go on until the batch ends')
    .addOption(
      new Option(
        '--stream <name>',
        "only one: stdout (the program's output) or stderr (Spark's log, and what a jar writes there)",
      ).choices(streams),
    )
    .option('--tail <lines>', 'only the last lines of each', wholeNumber(0))
    .addOption(
      new Option('--grep <text>', 'only the lines with this text; exit code 1 when there is none').conflicts([
        'follow',
        'tail',
      ]),
    )
    .option('-i, --ignore-case', 'with --grep: capital and small letters are the same');
  cli.withCommonOptions(command).action((id: number) =>
    cli.run(command, async ({ backend, output }) => {
      const options = command.opts<LogsOptions>();
      const wanted: Stream[] = options.stream ? [options.stream] : [...streams];
      const onText = async (stream: Stream, text: string): Promise<void> => {
        if (output.json) await output.event({ event: 'output', stream, text });
        // The one stream that was asked for is the result, so that it can be piped.
        else await output.write(options.stream ? 'stdout' : stream, text);
      };
      if (options.grep !== undefined) {
        const search = { query: options.grep, matchCase: options.ignoreCase !== true };
        const onMatch: OnMatch = async (stream, { position, line }) => {
          if (output.json) await output.event({ event: 'match', stream, position, line });
          else await output.write(options.stream ? 'stdout' : stream, `${line}\n`);
        };
        let found = 0;
        for (const stream of wanted) found += await readMatches(backend, { id, stream, ...search }, onMatch);
        return found > 0 ? 0 : 1;
      }
      let position: LogPosition = { stdout: 0, stderr: 0 };
      if (options.tail !== undefined) {
        const tail = await readTail(backend, id, wanted, options.tail);
        for (const stream of wanted) {
          const text = lastLines(tail.texts[stream], options.tail);
          if (text !== '') await onText(stream, text);
        }
        position = tail.next;
      }
      if (options.follow) await readLog(backend, id, { streams: wanted, onText }, position);
      else if (options.tail === undefined) await readWhatIsThere(backend, id, wanted, position, onText);
      return 0;
    }),
  );
};

type OnMatch = (stream: Stream, match: LogSearchResult['matches'][number]) => Promise<void>;

/** The number of lines that were found. */
async function readMatches(
  backend: SteadyBackend,
  search: LogSearchParams,
  onMatch: OnMatch,
): Promise<number> {
  let count = 0;
  for (let from = 0; ;) {
    const { matches, next, ended } = await backend.request('log/search', { ...search, from });
    for (const match of matches) await onMatch(search.stream, match);
    count += matches.length;
    if (ended) return count;
    from = next;
  }
}

type OnText = (stream: Stream, text: string) => Promise<void>;

async function readWhatIsThere(
  backend: SteadyBackend,
  id: number,
  wanted: Stream[],
  start: LogPosition,
  onText: OnText,
): Promise<LogPosition> {
  for (let from = start; ;) {
    const part = await backend.request('log/read', { id, from, streams: wanted });
    for (const { stream, text } of part.chunks) await onText(stream, text);
    if (part.ended || part.chunks.length === 0) return part.next;
    from = part.next;
  }
}

/** The ends of the streams, with at least so many lines of each where there are so many. */
async function readTail(
  backend: SteadyBackend,
  id: number,
  wanted: Stream[],
  lines: number,
): Promise<{ texts: Record<Stream, string>; next: LogPosition }> {
  for (let tail = firstTail; ; tail *= 4) {
    const texts: Record<Stream, string> = { stdout: '', stderr: '' };
    const first = await backend.request('log/read', { id, tail, streams: wanted });
    for (const { stream, text } of first.chunks) texts[stream] += text;
    const next = await readWhatIsThere(backend, id, wanted, first.next, async (stream, text) => {
      texts[stream] += text;
    });
    const enough = wanted.every(stream => texts[stream].split('\n').length > lines + 1);
    if (enough || first.skipped === 0 || tail >= largestTail) return { texts, next };
  }
}
