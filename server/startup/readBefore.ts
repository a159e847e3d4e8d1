import { globSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Runtime } from '../protocol/runtime.ts';

/**
 * What a driver that was started a while ago may have read, with the times of its last change: Spark's configuration
 * files, the folders that change when a Python package is installed, and what Python runs there at its start.
 */
export function readBefore({ spark, python }: Runtime, env: Readonly<Record<string, string>>): string {
  const conf = join(spark.home, 'conf');
  const packages = [
    dirname(dirname(python.path)),
    env['PYTHONUSERBASE'] ?? join(env['HOME'] ?? '/', '.local'),
  ].flatMap(prefix =>
    globSync('lib/python3*/{site,dist}-packages', { cwd: prefix }).map(each => join(prefix, each)),
  );
  const folders = [...packages, ...(env['PYTHONPATH']?.split(delimiter).filter(Boolean) ?? [])];
  const started = folders.flatMap(folder =>
    namesIn(folder)
      .filter(name => name.endsWith('.pth') || /^(site|user)customize\.py$/.test(name))
      .map(name => join(folder, name)),
  );
  const paths = [...namesIn(conf).map(name => join(conf, name)), ...folders, ...started];
  return paths.map(path => `${path} ${statSync(path, { throwIfNoEntry: false })?.mtimeMs}`).join('\n');
}

/** Whether a folder holds nothing; or isn't there. */
export const isEmpty = (folder: string): boolean => namesIn(folder).length === 0;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
