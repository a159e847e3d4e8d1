import { execa } from 'execa';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheFolder } from '../server/client/dataFolder.ts';

/** What VS Code 1.101 carries, the oldest that the manifest's `engines` allows. */
export const oldestNodeVersion = '22.15.1';

/**
 * The oldest Node that the bundles have to run on: installed from npm's packages into the cache folder at the first call
 * (some 50 MB to download), and taken from there afterwards.
 * @returns the path of the program
 * @throws when npm has no build of it for this platform
 */
export async function ensureOldestNode(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const tools = join(defaultCacheFolder(env), 'tools');
  const folder = join(tools, `node-${oldestNodeVersion}`);
  const program = join(folder, 'node_modules', name, 'bin', 'node');
  if (await isThere(program)) return program;
  await mkdir(tools, { recursive: true });
  const partial = await mkdtemp(join(tools, 'node-partial-'));
  try {
    await execa(
      'npm',
      [
        'install',
        '--prefix',
        partial,
        '--no-save',
        '--no-audit',
        '--no-fund',
        `${name}@${oldestNodeVersion}`,
      ],
      { cwd: partial },
    );
    // Another run may have installed it at the same moment: then that one stays.
    await rename(partial, folder).catch(async (error: unknown) => {
      if (!(await isThere(program))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return program;
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
