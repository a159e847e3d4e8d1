import type { Command } from 'commander';
import type { RuntimePreference } from '../../protocol/runtime.ts';

/** The options that say which Java, Spark and Python to take. What isn't given is looked for. */
export interface RuntimeOptions {
  sparkVersion?: string;
  sparkHome?: string;
  javaHome?: string;
  python?: string;
}

export function addRuntimeOptions(command: Command): Command {
  return command
    .option('--spark-version <version>', 'the version of a managed Spark, such as 4.3.0')
    .option('--spark-home <folder>', 'the Spark to use: the folder with bin/spark-submit')
    .option('--java-home <folder>', 'the Java to use')
    .option('--python <program>', 'the Python to use: a path, or a name on PATH');
}

/** What the options ask for; undefined when they ask for nothing. */
export function runtimePreference(
  options: RuntimeOptions,
  absolute: (path: string) => string,
): RuntimePreference | undefined {
  const preference: RuntimePreference = {};
  if (options.sparkVersion !== undefined) preference.sparkVersion = options.sparkVersion;
  if (options.sparkHome !== undefined) preference.sparkHome = absolute(options.sparkHome);
  if (options.javaHome !== undefined) preference.javaHome = absolute(options.javaHome);
  if (options.python !== undefined) {
    preference.python = options.python.includes('/') ? absolute(options.python) : options.python;
  }
  return Object.keys(preference).length === 0 ? undefined : preference;
}
