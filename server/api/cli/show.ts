import { batchId } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { formatBatch } from './format/batch.ts';

export const show: CliCommand = (parent, cli) => {
  const command = parent
    .command('show')
    .description("show a batch: its state and reason, its times, Spark's jobs and stages, hints")
    .argument('<id>', "the batch's number", batchId)
    .option('--command', 'print its launch as a spark-submit command line, nothing else');
  cli.withCommonOptions(command).action((id: number) =>
    cli.run(command, async ({ backend, output }) => {
      if (command.opts<{ command?: boolean }>().command) {
        const launch = await backend.request('batch/command', { id });
        await output.document(launch);
        await output.print(launch.command);
        return;
      }
      const [batch, history] = await Promise.all([
        backend.request('batch/get', { id }),
        backend.request('batch/history', { id }),
      ]);
      await output.document({ batch, ...history });
      await output.print(formatBatch(batch, history.progress, Date.now(), output.paint, history));
    }),
  );
};
