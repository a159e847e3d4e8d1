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
      if (!(await isReachable(backend, all === true))) {
        await output.document({ stopped: false });
        await output.print(`No backend runs on ${dataFolder}.`);
        return;
      }
      const stopped = all ? await stopAll(backend) : { batches: [], clusters: [] };
      for (const id of stopped.batches) await output.print(`Batch ${id} was killed.`);
      for (const name of stopped.clusters) await output.print(`Cluster ${name} was stopped.`);
      // It may be gone before its answer is through.
      await backend.request('backend/stop', {}).catch(unlessUnreachable);
      await output.document({ stopped: true, ...stopped });
      await output.print(`The backend of ${dataFolder} was stopped.`);
    } finally {
      await backend.close();
    }
  });
};

/** Whether there is a backend to stop. One that should be started but can't be is an error. */
async function isReachable(backend: SteadyBackend, startIt: boolean): Promise<boolean> {
  const status = backend.request('backend/status', {});
  return startIt ? status.then(() => true) : status.then(() => true, unlessUnreachable);
}

function unlessUnreachable(error: unknown): false {
  if (error instanceof SparkdeckError && error.code === 'backend.unreachable') return false;
  throw error;
}
