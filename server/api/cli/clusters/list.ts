import type { CliCommand } from '../cli.ts';
import { formatClusters } from '../format/cluster.ts';

export const listClusters: CliCommand = (parent, cli) => {
  const command = parent.command('list', { isDefault: true }).description('list the clusters (the default)');
  cli.withCommonOptions(command).action(() =>
    cli.run(command, async ({ backend, output }) => {
      const found = await backend.request('cluster/list', {});
      await output.document(found);
      await output.print(
        found.clusters.length === 0
          ? 'There are no clusters. Start one: sparkdeck clusters start NAME'
          : formatClusters(found.clusters, output.paint),
      );
    }),
  );
};
