import { homedir, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { socketAddress } from '../../../server/client/socketAddress.ts';
import type { Runtime } from '../../../server/protocol/runtime.ts';
import { Startup } from '../../../server/startup/startup.ts';

/** Where backends keep what drivers start faster with. */
export const startupFolder: string = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'sparkdeck',
  'startup',
);

/** Has the archive of the tests' runtime made, as a backend does when it has nothing to do. */
export async function prepareStartup(runtime: Runtime): Promise<void> {
  const startup = new Startup({
    cacheFolder: startupFolder,
    folder: join(tmpdir(), 'sparkdeck-none'),
    socketFile: join(tmpdir(), 'sparkdeck-none.sock'),
    address: socketAddress,
    settings: () => ({}),
    availableMemory: () => 0,
    machine: { cores: 1, memory: totalmem() },
    env: plainEnvironment(),
    log: () => undefined,
  });
  await startup.prepare(runtime);
}

/** This process's environment as far as it is set. */
export function plainEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
