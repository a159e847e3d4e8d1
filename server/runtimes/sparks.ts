import { access, constants, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Spark } from '../protocol/runtime.ts';
import type { FoundPython } from './pythons.ts';
import { textIfThere } from '../store/regularFile.ts';

export type FoundSpark = Spark & {
  /** the interpreter that this pyspark was installed for */
  ownPython?: FoundPython;
};

/** A complete Spark, or why a folder is none. `jars` counts them. */
export type SparkAnswer = { version: string; jars: number } | { reason: string };

/** Looks at files alone, so it is quick and needs no cache. */
export async function inspectSpark(home: string): Promise<SparkAnswer> {
  try {
    await access(join(home, 'bin', 'spark-submit'), constants.X_OK);
  } catch {
    return { reason: `${home} is not a Spark: it has no bin/spark-submit that can be run.` };
  }
  const jars = await readdir(join(home, 'jars')).catch((): string[] => []);
  const version = versionOfJars(jars);
  if (version === undefined)
    return {
      reason: `${home} is not a complete Spark: it has no jars/spark-core_2.13-VERSION.jar, as in sources that were not built.`,
    };
  return { version, jars: jars.filter(name => name.endsWith('.jar')).length };
}

/** Pysparks that the Pythons can import, and that bring a whole Spark; the client alone (pyspark-client) does not. */
export async function findPysparks(pythons: readonly FoundPython[]): Promise<FoundSpark[]> {
  const found = await Promise.all(
    pythons.map(async (python): Promise<FoundSpark[]> => {
      for (const folder of python.searchPath) {
        const home = join(folder, 'pyspark');
        if ((await versionOfPackage(home)) === undefined) continue;
        const answer = await inspectSpark(home);
        return 'version' in answer
          ? [{ home, version: answer.version, source: 'pyspark', ownPython: python }]
          : [];
      }
      return [];
    }),
  );
  return distinct(found.flat());
}

/** "4.3.0" of `spark-core_2.13-4.3.0.jar`. */
export const versionOfJars = (names: readonly string[]): string | undefined =>
  names.map(name => /^spark-core_2\.1\d-(\d+\.\d+\.\d+).*\.jar$/.exec(name)?.[1]).find(Boolean);

/** The version in a pyspark package's own file: what Python would import, whole or not. */
export async function versionOfPackage(folder: string): Promise<string | undefined> {
  const text = textIfThere(join(folder, 'version.py'));
  return /^__version__(?::\s*str)?\s*=\s*["'](\d+\.\d+\.\d+)/m.exec(text)?.[1];
}

async function distinct(sparks: readonly FoundSpark[]): Promise<FoundSpark[]> {
  const real = await Promise.all(sparks.map(spark => realpath(spark.home).catch(() => spark.home)));
  return sparks.filter((_, index) => real.indexOf(real[index] ?? '') === index);
}
