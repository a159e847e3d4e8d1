import { Option } from 'commander';
import { streams, type LogSearchParams, type LogSearchResult, type Stream } from '../../protocol/log.ts';
import { batchId, wholeNumber } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { passOutput, sinkOf } from './passOutput.ts';
import type { SteadyBackend } from './steadyBackend.ts';

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
      await passOutput(backend, id, {
        streams: wanted,
        // The one stream that was asked for is the result, so that it can be piped.
        output: sinkOf(output, options.stream && 'stdout'),
        tail: options.tail,
        follow: options.follow === true,
      });
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
