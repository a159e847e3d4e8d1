import { connectBackend } from '../../client/connectBackend.ts';
import { SparkdeckError } from '../../protocol/errors.ts';
import type { CliCommand } from './cli.ts';
import { SteadyBackend } from './steadyBackend.ts';
import { stopAll } from './stopAll.ts';

export const stop: CliCommand = (parent, cli) => {
  const command = parent
    .command('stop')
    .description('stop the backend; clusters and batches go on unless --all is given')
    .option('--all', 'kill the running batches and stop the clusters first');
  cli.withCommonOptions(command).action(async () => {
    const dataFolder = cli.dataFolder(command);
    const { backendProgram: start } = cli.surroundings;
    const { all } = command.opts<{ all?: boolean }>();
    const output = cli.output(command);
    // A backend that was killed may have left clusters behind: to stop those, it is started once more.
    const backend = new SteadyBackend(() => connectBackend({ dataFolder, ...(all && { start }) }));
    try {
      const stopped = all ? await stopAll(backend) : { batches: [], clusters: [] };
      for (const id of stopped.batches) await output.print(`Batch ${id} was killed.`);
      for (const name of stopped.clusters) await output.print(`Cluster ${name} was stopped.`);
      await backend.request('backend/stop', {});
      await output.document({ stopped: true, ...stopped });
      await output.print(`The backend of ${dataFolder} was stopped.`);
    } catch (error) {
      if (!(error instanceof SparkdeckError) || error.code !== 'backend.unreachable') throw error;
      await output.document({ stopped: false });
      await output.print(`No backend runs on ${dataFolder}.`);
    } finally {
      await backend.close();
    }
  });
};
