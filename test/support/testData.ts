import { execa } from 'execa';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onProcessExit } from './exitCleanup.ts';

const cli = fileURLToPath(new URL('../../server/api/cli/main.ts', import.meta.url));

/** Milliseconds. */
const stopLimit = 60_000;

export interface TestData {
  folder: string;
  /** Has the extension and the backend keep everything in `folder`. */
  env: { SPARKDECK_HOME: string };
  /** Ends the batches, clusters and the backend of the folder, and removes it. */
  close(): Promise<void>;
}

/** A data folder of its own for a test whose backend outlives the window that started it. */
export function makeTestData(): TestData {
  const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-data-'));
  const stop = [cli, 'stop', '--all', '--data', folder];
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const isUsed = (): boolean => existsSync(folder) && readdirSync(folder).length > 0;
  const callOff = onProcessExit(() => {
    if (isUsed()) spawnSync(process.execPath, stop, { timeout: stopLimit, stdio: 'ignore' });
    remove();
  });
  const close = async (): Promise<void> => {
    if (isUsed()) await execa(process.execPath, stop, { timeout: stopLimit });
    callOff();
    remove();
  };
  return { folder, env: { SPARKDECK_HOME: folder }, close };
}
