import { SparkdeckError } from '../../../protocol/errors.ts';
import type { CliCommand } from '../cli.ts';
import { formatCluster } from '../format/cluster.ts';

export const showCluster: CliCommand = (parent, cli) => {
  const command = parent
    .command('show')
    .description('show a cluster: its workers and applications')
    .argument('<name>', "the cluster's name");
  cli.withCommonOptions(command).action((name: string) =>
    cli.run(command, async ({ backend, output }) => {
      const { clusters } = await backend.request('cluster/list', {});
      const cluster = clusters.find(({ spec }) => spec.name === name);
      if (!cluster) {
        throw new SparkdeckError(
          'cluster.missing',
          `There is no cluster ${name}. sparkdeck clusters lists those that there are.`,
        );
      }
      const detail =
        cluster.state === 'running' ? await backend.request('cluster/detail', { name }) : undefined;
      await output.document({ cluster, detail });
      await output.print(formatCluster(cluster, detail, output.paint));
    }),
  );
};
