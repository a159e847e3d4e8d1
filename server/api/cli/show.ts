import { Option } from 'commander';
import { batchId } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { formatBatch } from './format/batch.ts';
import { formatTiming } from './format/timing.ts';

interface ShowOptions {
  command?: boolean;
  timing?: boolean;
}

export const show: CliCommand = (parent, cli) => {
  const command = parent
    .command('show')
    .description("show a batch: its state and reason, its times, Spark's jobs and stages, hints")
    .argument('<id>', "the batch's number", batchId)
    .option('--command', 'print its launch as a spark-submit command line, nothing else')
    .addOption(
      new Option(
        '--timing',
        'print how its driver was started, and where the time went from the submit to its end',
      ).conflicts('command'),
    );
  cli.withCommonOptions(command).action((id: number) =>
    cli.run(command, async ({ backend, output }) => {
      const options = command.opts<ShowOptions>();
      if (options.command) {
        const launch = await backend.request('batch/command', { id });
        await output.document(launch);
        await output.print(launch.command);
        return;
      }
      if (options.timing) {
        const timing = await backend.request('batch/timing', { id });
        await output.document(timing);
        await output.print(formatTiming(timing, output.columns, output.paint));
        return;
      }
      const [batch, history, found] = await Promise.all([
        backend.request('batch/get', { id }),
        backend.request('batch/history', { id }),
        // Only the document has them; a person asks for `problems`.
        output.json ? backend.request('batch/problems', { id }) : { problems: [] },
      ]);
      await output.document({ batch, ...history, ...found });
      await output.print(formatBatch(batch, history.progress, Date.now(), output.paint, history));
    }),
  );
};
