import type { CliCommand } from '../cli.ts';

export const removeCluster: CliCommand = (parent, cli) => {
  const command = parent
    .command('remove')
    .description('forget a stopped cluster')
    .argument('<name>', "the cluster's name");
  cli.withCommonOptions(command).action((name: string) =>
    cli.run(command, async ({ backend, output }) => {
      await backend.request('cluster/remove', { name });
      await output.document({ removed: name });
      await output.print(`Cluster ${name} is forgotten.`);
    }),
  );
};
