import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCacheFolder } from '../../../server/client/dataFolder.ts';
import { testRuntime } from '../../spark/support/runtime.ts';

/**
 * A Python with these packages of PyPI, installed when it isn't there: other people's clients and tools. It stays for the
 * next time. A `before` hook that awaits this needs `installTimeout`.
 * @returns the path of the interpreter
 */
export async function pythonWith(...packages: string[]): Promise<string> {
  const { python } = await testRuntime();
  const digest = createHash('sha256')
    .update([python.path, ...packages].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const folder = join(defaultCacheFolder(process.env), 'clients', digest);
  const interpreter = join(folder, 'bin', 'python');
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return interpreter;
  // Half made: an install that was broken off.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await execa(python.path, ['-m', 'venv', folder]);
  await execa(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  writeFileSync(marker, `${packages.join('\n')}\n`);
  return interpreter;
}
