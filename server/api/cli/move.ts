import { batchId, wholeNumber } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';

export const move: CliCommand = (parent, cli) => {
  const command = parent
    .command('move')
    .description('put a batch that waits at another place of the queue')
    .argument('<id>', "the batch's number", batchId)
    .argument('<position>', 'its new place; 1 is next', wholeNumber(1));
  cli.withCommonOptions(command).action((id: number, position: number) =>
    cli.run(command, async ({ backend, output }) => {
      const batch = await backend.request('batch/move', { id, position });
      await output.document(batch);
      await output.print(
        batch.queuePosition === undefined
          ? `Batch ${id} waits no more.`
          : `Batch ${id} is number ${batch.queuePosition} of the queue.`,
      );
    }),
  );
};
