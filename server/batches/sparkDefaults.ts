import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BatchRequest } from '../protocol/batch.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { Runtime } from '../protocol/runtime.ts';
import { readRegularFile } from '../store/regularFile.ts';
import { parseProperties } from './parseProperties.ts';

/** Bytes. More than anybody writes by hand, and little enough to be read at once. */
const largestFile = 8 * 2 ** 20;

/**
 * The settings of the spark-defaults.conf that spark-submit would read for this request: that of its SPARK_CONF_DIR, else
 * of the runtime. None when there is no such file, or when the request does without.
 * @param env of the backend
 * @throws SparkdeckError conf.invalid for a file that Spark can't read either
 */
export function readSparkDefaults(
  request: BatchRequest,
  place: { env: Readonly<Record<string, string>>; runtime: Runtime; workingFolder: string },
): Record<string, string> {
  if (request.loadSparkDefaults === false) return {};
  const chosen = { ...place.env, ...request.environment }['SPARK_CONF_DIR'];
  // As bash has it, an empty one is none.
  const folder = chosen ? resolve(place.workingFolder, chosen) : join(place.runtime.spark.home, 'conf');
  return readProperties(join(folder, 'spark-defaults.conf')) ?? {};
}

/**
 * Spark's settings in a properties file; undefined when there is no such file.
 * @throws SparkdeckError conf.invalid
 */
export function readProperties(file: string): Record<string, string> | undefined {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  try {
    return settingsIn(readRegularFile(file, largestFile).toString('utf8'));
  } catch (error) {
    throw new SparkdeckError(
      'conf.invalid',
      `Spark's settings can't be read from ${file}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Spark's settings in the text of a properties file. Spark leaves others out. */
export function settingsIn(properties: string): Record<string, string> {
  const entries = Object.entries(parseProperties(properties));
  return Object.fromEntries(entries.filter(([name]) => name.startsWith('spark.')));
}
