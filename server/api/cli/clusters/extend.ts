import { duration } from '../argumentParsers.ts';
import type { CliCommand } from '../cli.ts';
import { formatTime } from '../format/time.ts';

export const extendCluster: CliCommand = (parent, cli) => {
  const command = parent
    .command('extend')
    .description('have a cluster that ends by itself do so later')
    .argument('<name>', "the cluster's name")
    .argument('<time>', 'by how much, as 2h or 7d', duration);
  cli.withCommonOptions(command).action((name: string, seconds: number) =>
    cli.run(command, async ({ backend, output }) => {
      const cluster = await backend.request('cluster/extend', { name, seconds });
      await output.document(cluster);
      const { expiresAt } = cluster;
      await output.print(
        expiresAt === undefined
          ? `Cluster ${name} has no end that could be put off.`
          : `Cluster ${name} ends at ${formatTime(expiresAt)}.`,
      );
    }),
  );
};
