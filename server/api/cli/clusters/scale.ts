import { formatSize } from '../format/cluster.ts';
import { wholeNumber } from '../argumentParsers.ts';
import type { CliCommand } from '../cli.ts';

export const scaleCluster: CliCommand = (parent, cli) => {
  const command = parent
    .command('scale')
    .description('have a running cluster have more or fewer workers; what runs goes on')
    .argument('<name>', "the cluster's name")
    .argument('<workers>', 'how many workers', wholeNumber(1));
  cli.withCommonOptions(command).action((name: string, workers: number) =>
    cli.run(command, async ({ backend, output }) => {
      const cluster = await backend.request('cluster/scale', { name, workers });
      await output.document(cluster);
      await output.print(
        `Cluster ${name} will have ${formatSize(cluster)}. Workers that are too many end when nothing runs on them.`,
      );
    }),
  );
};
