import { batchId } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';

export const remove: CliCommand = (parent, cli) => {
  const command = parent
    .command('remove')
    .description('forget an ended batch and delete its output')
    .argument('<id>', "the batch's number", batchId);
  cli.withCommonOptions(command).action((id: number) =>
    cli.run(command, async ({ backend, output }) => {
      await backend.request('batch/remove', { id });
      await output.document({ removed: id });
      await output.print(`Batch ${id} and its output are gone.`);
    }),
  );
};
