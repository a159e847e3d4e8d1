import { parseArgs } from 'node:util';
import { startBackend, type Backend } from './backend.ts';
import { defaultDataFolder } from './client/dataFolder.ts';
import { exitOfSecondBackend } from './client/spawnBackend.ts';
import { messageOf } from './protocol/errors.ts';

const defaultIdleLimit = 60_000;

/** Its output goes to backend.log; see client/spawnBackend.ts. */
const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
const stackOf = (error: unknown): string => (error instanceof Error && error.stack) || messageOf(error);

// On a full disk the log can't be written; the backend goes on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.on('unhandledRejection', error => log(`unhandled: ${stackOf(error)}`));
// Nobody knows what state this one is in. The next client starts another, which takes up everything from the disk.
process.on('uncaughtException', error => {
  log(`the backend ends, since nothing caught this: ${stackOf(error)}`);
  process.exit(1);
});

const backend = await start();
if (!backend) process.exit(exitOfSecondBackend);
process.once('SIGTERM', () => backend.stop());
process.once('SIGINT', () => backend.stop());
await backend.left;
process.exit(0);

async function start(): Promise<Backend | undefined> {
  try {
    const { values } = parseArgs({
      options: { data: { type: 'string' }, 'idle-limit': { type: 'string' } },
    });
    return await startBackend({
      dataFolder: values.data ?? defaultDataFolder(process.env),
      env: process.env,
      idleLimit: Number(values['idle-limit'] ?? defaultIdleLimit),
      log,
    });
  } catch (error) {
    // The last line of the log is what the client shows.
    log(`cannot start: ${messageOf(error).replaceAll('\n', ' ')}`);
    return process.exit(1);
  }
}
