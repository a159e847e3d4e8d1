import { batchId } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { formatProblems } from './format/problems.ts';

export const problems: CliCommand = (parent, cli) => {
  const command = parent
    .command('problems')
    .description(
      "show a batch's errors at file, line and column, with the calls in your own code that led there",
    )
    .argument('<id>', "the batch's number", batchId);
  cli.withCommonOptions(command).action((id: number) =>
    cli.run(command, async ({ backend, output }) => {
      const [batch, { problems: found }] = await Promise.all([
        backend.request('batch/get', { id }),
        backend.request('batch/problems', { id }),
      ]);
      await output.document({ problems: found });
      await output.print(formatProblems(batch, found, output.paint));
    }),
  );
};
