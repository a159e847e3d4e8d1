import { globSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Runtime } from '../protocol/runtime.ts';

/**
 * What a driver that was started a while ago may have read, with the times of its last change: Spark's configuration
 * files, and the folders that change when a Python package is installed.
 */
export function readBefore({ spark, python }: Runtime): string {
  const conf = join(spark.home, 'conf');
  const prefix = dirname(dirname(python.path));
  const packages = globSync('lib/python3*/{site,dist}-packages', { cwd: prefix });
  const paths = [...namesIn(conf).map(name => join(conf, name)), ...packages.map(each => join(prefix, each))];
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
