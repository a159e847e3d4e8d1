import { join } from 'node:path';
import { parse } from 'dot-properties';
import type { Runtime } from '../protocol/runtime.ts';
import { textIfThere } from '../store/regularFile.ts';

/** The text of a runtime's spark-defaults.conf; empty when there is none. */
export function readSparkDefaults(env: Readonly<Record<string, string>>, runtime: Runtime): string {
  const folder = env['SPARK_CONF_DIR'] ?? join(runtime.spark.home, 'conf');
  return textIfThere(join(folder, 'spark-defaults.conf'));
}

/** Spark's settings in the text of a properties file. */
export function settingsIn(properties: string): Record<string, string> {
  const all: Record<string, unknown> = parse(properties);
  return Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, string] => entry[0].startsWith('spark.') && typeof entry[1] === 'string',
    ),
  );
}
