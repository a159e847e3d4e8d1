import { parseArgs } from 'node:util';
import { startBackend } from './backend.ts';
import { exitOfSecondBackend } from './client/connectBackend.ts';
import { defaultDataFolder } from './client/dataFolder.ts';

const defaultIdleLimit = 60_000;

const { values } = parseArgs({ options: { data: { type: 'string' }, 'idle-limit': { type: 'string' } } });

/** Its output goes to backend.log; see client/connectBackend.ts. */
const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);

// On a full disk the log can't be written; the backend goes on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.on('unhandledRejection', error =>
  log(`unhandled: ${error instanceof Error ? error.stack : String(error)}`),
);

const backend = await startBackend({
  dataFolder: values.data ?? defaultDataFolder(process.env),
  env: process.env,
  idleLimit: Number(values['idle-limit'] ?? defaultIdleLimit),
  log,
});
if (!backend) process.exit(exitOfSecondBackend);
process.once('SIGTERM', () => backend.stop());
process.once('SIGINT', () => backend.stop());
await backend.left;
process.exit(0);
