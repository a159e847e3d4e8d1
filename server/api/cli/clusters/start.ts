import type { Cluster, ClusterRequest } from '../../../protocol/cluster.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import { duration, memorySize, port, wholeNumber } from '../argumentParsers.ts';
import type { CliCommand, Tools } from '../cli.ts';
import { formatSize } from '../format/cluster.ts';
import { addRuntimeOptions, runtimePreference, type RuntimeOptions } from '../runtimeOptions.ts';

interface StartOptions extends RuntimeOptions {
  workers: number;
  cores: number;
  memory: string;
  ttl?: number;
  masterPort?: number;
  uiPort?: number;
  wait: boolean;
}

export const startCluster: CliCommand = (parent, cli) => {
  const command = parent
    .command('start')
    .description('start a standalone cluster on this machine')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .option('--workers <number>', 'how many workers', wholeNumber(1), 1)
    .option('--cores <number>', 'cores of each worker', wholeNumber(1), 2)
    .option('--memory <size>', 'memory of each worker', memorySize, '2g')
    .option('--ttl <time>', 'stop it after so long, as 12h or 7d, with what runs on it then', duration)
    .option('--master-port <port>', "the master's port; a free one unless given", port)
    .option('--ui-port <port>', "the port of the master's web page; a free one unless given", port)
    .option('--no-wait', "don't wait until it runs");
  cli.withCommonOptions(addRuntimeOptions(command)).action((name: string) =>
    cli.run(command, async tools => {
      const { output } = tools;
      const options = command.opts<StartOptions>();
      const runtime = runtimePreference(options, path => cli.absolute(path));
      const spec: ClusterRequest = {
        name,
        provider: 'local',
        workers: options.workers,
        workerCores: options.cores,
        workerMemory: options.memory,
        ...(options.ttl !== undefined && { ttl: options.ttl }),
        ...(options.masterPort !== undefined && { masterPort: options.masterPort }),
        ...(options.uiPort !== undefined && { masterUiPort: options.uiPort }),
        ...(runtime && { runtime }),
      };
      const cluster = await startAndAwait(tools, spec, options.wait);
      await output.document(cluster);
      await output.print(
        cluster.state === 'running'
          ? `Cluster ${name} runs at ${cluster.masterUrl}: ${formatSize(cluster)}. Web page: ${cluster.uiUrl}`
          : `Cluster ${name} is starting.`,
      );
    }),
  );
};

/** Starts a cluster and, unless told otherwise, waits until it runs. A cluster that fails is an error with its reason. */
export async function startAndAwait(
  { backend, output }: Tools,
  spec: ClusterRequest,
  wait = true,
): Promise<Cluster> {
  const started = await backend.request('cluster/start', spec);
  if (!wait) return started;
  output.live.set(`Starting cluster ${spec.name} …`);
  const cluster = await backend.request('cluster/await', { name: spec.name });
  output.live.clear();
  if (cluster.state === 'running') return cluster;
  const reason = cluster.reason ?? `It is ${cluster.state}.`;
  throw new SparkdeckError('cluster.failed', `Cluster ${spec.name} did not start. ${reason}`);
}
