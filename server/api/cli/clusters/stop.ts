import type { CliCommand } from '../cli.ts';

export const stopCluster: CliCommand = (parent, cli) => {
  const command = parent
    .command('stop')
    .description('stop a cluster; its name and size are kept')
    .argument('<name>', "the cluster's name")
    .option('--force', 'kill the batches that still run on it');
  cli.withCommonOptions(command).action((name: string) =>
    cli.run(command, async ({ backend, output }) => {
      const force = command.opts<{ force?: boolean }>().force === true;
      await output.document(await backend.request('cluster/stop', { name, force }));
      await output.print(`Cluster ${name} is stopped.`);
    }),
  );
};
