import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { compareVersions } from './fit.ts';
import type { ProbeCache } from './probeCache.ts';
import { ask, type FoundPython, type PythonAnswer } from './pythons.ts';
import { inspectSpark, type FoundSpark } from './sparks.ts';

/**
 * The last file that an install writes, in the virtual environment's folder. A folder without it is half-made, whatever
 * else it holds. Paths are relative to the folder.
 */
const Marker = Type.Object({
  spark: Type.String({ minLength: 1 }),
  home: Type.String({ minLength: 1 }),
  python: Type.String({ minLength: 1 }),
});
export type Marker = Static<typeof Marker>;

/** Complete installs, newest Spark first; `halfMade` are the folders of those that were broken off or are being made. */
export async function findManaged(
  installFolder: string,
  env: NodeJS.ProcessEnv,
  cache: ProbeCache<PythonAnswer>,
): Promise<{ sparks: FoundSpark[]; halfMade: string[] }> {
  const names = await readdir(installFolder).catch((): string[] => []);
  const folders = names.filter(name => managedName.test(name)).map(name => join(installFolder, name));
  const sparks: FoundSpark[] = [];
  const halfMade: string[] = [];
  for (const folder of folders) {
    const marker = await readMarker(folder);
    if (!marker) {
      halfMade.push(folder);
      continue;
    }
    const home = join(folder, marker.home);
    const answer = await inspectSpark(home);
    if (!('version' in answer) || answer.version !== marker.spark) {
      halfMade.push(folder);
      continue;
    }
    const python = await ask(join(folder, marker.python), env, cache);
    const ownPython: FoundPython | undefined =
      'python' in python ? { ...python.python, source: 'managed' } : undefined;
    sparks.push({ home, version: answer.version, source: 'managed', ...(ownPython && { ownPython }) });
  }
  return { sparks: sparks.toSorted((a, b) => compareVersions(b.version, a.version)), halfMade };
}

export async function writeMarker(folder: string, marker: Marker): Promise<void> {
  const file = join(folder, markerName);
  await writeFile(`${file}.new`, `${JSON.stringify(marker, undefined, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** `spark-4.3.0`, or `spark-4.3.0-2` where the first name was taken by a half-made one. */
export const managedFolderName = (version: string, attempt: number): string =>
  attempt === 1 ? `spark-${version}` : `spark-${version}-${attempt}`;

const managedName = /^spark-\d+\.\d+\.\d+(-\d+)?$/;
const markerName = 'sparkdeck-runtime.json';

async function readMarker(folder: string): Promise<Marker | undefined> {
  try {
    const marker: unknown = JSON.parse(await readFile(join(folder, markerName), 'utf8'));
    return Value.Check(Marker, marker) ? marker : undefined;
  } catch {
    return undefined;
  }
}
