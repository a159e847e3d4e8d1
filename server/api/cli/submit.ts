import { randomUUID } from 'node:crypto';
import type { BatchRequest } from '../../protocol/batch.ts';
import type { CliCommand } from './cli.ts';
import { addRequestOptions, requestFields, type RequestOptions } from './requestOptions.ts';
import { waitForEnd } from './waitForEnd.ts';

interface SubmitOptions extends RequestOptions {
  idempotencyKey?: string;
  wait?: boolean;
  verbose?: boolean;
}

export const submit: CliCommand = (parent, cli) => {
  const command = parent
    .command('submit')
    .description('run a .py or .jar on a cluster, or on this machine when none runs')
    .argument('<file>', 'the program: a path, or a URL that Spark can read')
    .argument('[arguments...]', "the program's own arguments; everything after FILE is passed on as it is")
    .passThroughOptions()
    .option('--wait', 'show the output until it ends; the exit code is its own')
    .option('-v, --verbose', "with --wait: show Spark's log too, on stderr")
    .option('--idempotency-key <key>', 'the same key again returns the first batch in place of a second run');
  cli.withCommonOptions(addRequestOptions(command)).action((file: string, args: string[]) =>
    cli.run(command, async tools => {
      const options = command.opts<SubmitOptions>();
      const absolute = (path: string): string => cli.absolute(path);
      const request: BatchRequest = {
        // As with spark-submit, the program runs where the user stands.
        workingFolder: cli.surroundings.cwd,
        ...requestFields(options, absolute),
        file: absolute(file),
        ...(args.length > 0 && { args }),
      };
      const batch = await tools.backend.request('batch/submit', {
        request,
        idempotencyKey: options.idempotencyKey ?? randomUUID(),
      });
      const { output } = tools;
      if (batch.cluster === undefined && request.conf?.['spark.master'] === undefined) {
        await output.note(`No cluster runs, so it runs on ${batch.master}, as with spark-submit.`);
      }
      if (options.wait) {
        await output.event({ event: 'submitted', batch });
        await output.note(`Batch ${batch.id} submitted to ${batch.cluster ?? batch.master ?? 'Spark'}.`);
        return waitForEnd(cli, tools, batch, { verbose: options.verbose === true });
      }
      await output.document(batch);
      await output.print(
        `Batch ${batch.id} submitted to ${batch.cluster ?? batch.master ?? 'Spark'}. ` +
          `Follow it: sparkdeck logs ${batch.id} --follow`,
      );
      return 0;
    }),
  );
};
