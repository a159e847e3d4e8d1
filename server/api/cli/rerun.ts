import type { CliCommand } from './cli.ts';
import { batchId } from './argumentParsers.ts';
import { addRequestOptions, rerunChanges, type RequestOptions } from './requestOptions.ts';
import { waitForEnd } from './waitForEnd.ts';

interface RerunOptions extends RequestOptions {
  wait?: boolean;
  verbose?: boolean;
}

export const rerun: CliCommand = (parent, cli) => {
  const command = parent
    .command('rerun')
    .description('run a batch again, with changes if you like')
    .argument('<id>', "the earlier batch's number", batchId)
    .argument(
      '[arguments...]',
      'arguments in place of the earlier ones; after -- where one begins with a dash',
    )
    .option('--wait', 'show the output until it ends; the exit code is its own')
    .option('-v, --verbose', "with --wait: show Spark's log too, on stderr");
  cli.withCommonOptions(addRequestOptions(command)).action((id: number, args: string[]) =>
    cli.run(command, async tools => {
      const { backend, output } = tools;
      const options = command.opts<RerunOptions>();
      const earlier = await backend.request('batch/get', { id });
      const changes = rerunChanges(earlier.request, options, args, path => cli.absolute(path));
      const batch = await backend.request('batch/rerun', { id, changes });
      const submitted = `Batch ${id} runs again as batch ${batch.id}.`;
      if (options.wait) {
        await output.event({ event: 'submitted', batch });
        await output.note(submitted);
        return waitForEnd(cli, tools, batch, { verbose: options.verbose === true });
      }
      await output.document(batch);
      await output.print(`${submitted} Follow it: sparkdeck logs ${batch.id} --follow`);
      return 0;
    }),
  );
};
