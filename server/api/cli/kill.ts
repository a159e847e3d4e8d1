import { batchId } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { formatEnding } from './format/batch.ts';

export const kill: CliCommand = (parent, cli) => {
  const command = parent
    .command('kill')
    .description('end a batch: all its processes, and its application on the cluster')
    .argument('<id>', "the batch's number", batchId);
  cli.withCommonOptions(command).action((id: number) =>
    cli.run(command, async ({ backend, output }) => {
      const batch = await backend.request('batch/kill', { id });
      await output.document(batch);
      await output.print(formatEnding(batch, output.paint));
    }),
  );
};
