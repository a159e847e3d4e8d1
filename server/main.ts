import { parseArgs } from 'node:util';
import { startBackend, type Backend } from './backend.ts';
import { defaultDataFolder } from './client/dataFolder.ts';
import { exitOfSecondBackend } from './client/spawnBackend.ts';
import { stayUp } from './process/stayUp.ts';
import { messageOf } from './protocol/errors.ts';

const defaultIdleLimit = 60_000;

/** Its output goes to backend.log; see client/spawnBackend.ts. */
const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
stayUp(log);

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
