import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchRequest } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Runtime } from '../protocol/runtime.ts';

/** Of the stores that Spark can read only with a package that doesn't come with it: what its jar is called. */
const packages: Readonly<Record<string, string>> = {
  s3a: 'hadoop-aws',
  abfs: 'hadoop-azure',
  abfss: 'hadoop-azure',
  gs: 'gcs-connector',
};

/**
 * Refuses files in a store that this Spark can't read. spark-submit fetches them before the program's own packages are
 * there, so spark.jars.packages is of no use for them.
 * @throws SparkdeckError file.kind
 */
export function checkSchemes(request: BatchRequest, given: SparkGiven): void {
  const { file, jars = [], pyFiles = [], files = [], archives = [] } = request;
  for (const each of [file, ...jars, ...pyFiles, ...files, ...archives]) {
    const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(each)?.[1]?.toLowerCase() ?? '';
    const name = packages[scheme];
    if (name === undefined || isGiven(name, request, given)) continue;
    const folder = join(given.runtime.spark.home, 'jars');
    throw new SparkdeckError(
      'file.kind',
      `${each} can't be read: this Spark has no ${name}, which it needs for ${scheme}: files. ` +
        `Put ${name}${hadoopVersion(folder)}.jar and what it needs into ${folder}, or name their place in spark.driver.extraClassPath and spark.executor.extraClassPath.`,
    );
  }
}

/** What a Spark has beside the request. */
interface SparkGiven {
  runtime: Runtime;
  env: Readonly<Record<string, string>>;
  /** The settings of spark-defaults.conf. */
  defaults: Readonly<Record<string, string>>;
}

function isGiven(name: string, { conf }: BatchRequest, { runtime, env, defaults }: SparkGiven): boolean {
  // A Spark without Hadoop of its own takes it from there.
  if (env['SPARK_DIST_CLASSPATH']) return true;
  if (conf?.['spark.driver.extraClassPath'] ?? defaults['spark.driver.extraClassPath']) return true;
  return namesIn(join(runtime.spark.home, 'jars')).some(jar => jar.startsWith(name));
}

/** "-3.5.0", of the Hadoop that comes with Spark; packages have to be of the same. */
function hadoopVersion(folder: string): string {
  const found = namesIn(folder).flatMap(jar => /^hadoop-client-api(-[\d.]+\d)\.jar$/.exec(jar)?.[1] ?? []);
  return found[0] ?? '';
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
