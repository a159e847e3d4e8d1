import type { CliCommand } from '../cli.ts';

export const connectCluster: CliCommand = (parent, cli) => {
  const command = parent
    .command('connect')
    .description(
      'print the settings with which a program of your own connects to a cluster: they hold its secret',
    )
    .argument('<name>', "the cluster's name");
  cli.withCommonOptions(command).action((name: string) =>
    cli.run(command, async ({ backend, output }) => {
      const { conf } = await backend.request('cluster/connection', { name });
      await output.document({ conf });
      const lines = Object.entries(conf).map(([key, value]) => `${key} ${value}`);
      await output.print(lines.join('\n'));
    }),
  );
};
