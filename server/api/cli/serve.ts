import { SparkdeckError } from '../../protocol/errors.ts';
import type { CliCommand } from './cli.ts';

export const serve: CliCommand = (parent, cli) => {
  const command = parent
    .command('serve')
    .description('run the backend in the foreground, until Ctrl-C; clusters and batches go on after it');
  cli.withCommonOptions(command).action(async () => {
    const dataFolder = cli.dataFolder(command);
    const output = cli.output(command);
    // Loaded here, because no other command needs the backend's own code.
    const { startBackend } = await import('../../backend.ts');
    const backend = await startBackend({
      dataFolder,
      env: cli.surroundings.env,
      idleLimit: Infinity,
      log: line => void output.write('stderr', `${new Date().toISOString()} ${line}\n`),
    });
    if (!backend) {
      throw new SparkdeckError(
        'backend.unreachable',
        `Another backend already serves ${dataFolder}. Stop it first: sparkdeck stop`,
      );
    }
    await output.event({ serving: dataFolder });
    await output.print(`The backend serves ${dataFolder}. Ctrl-C stops it; clusters and batches go on.`);
    const stopListening = cli.surroundings.onInterrupt(() => backend.stop());
    await backend.left;
    stopListening();
  });
};
