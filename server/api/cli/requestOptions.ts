import type { Command } from 'commander';
import type { BatchRequest } from '../../protocol/batch.ts';
import type { RuntimePreference } from '../../protocol/runtime.ts';
import { commaList, keyValue, memorySize, wholeNumber } from './argumentParsers.ts';
import { addSparkSubmitOptions, settingsOf, type SettingOptions } from './sparkSubmitOptions.ts';
import { addRuntimeOptions, runtimePreference, type RuntimeOptions } from './runtimeOptions.ts';

/** The options of `submit` and `rerun` that say what to run, named as spark-submit's. */
export interface RequestOptions extends RuntimeOptions, SettingOptions {
  class?: string;
  name?: string;
  master?: string;
  cluster?: string;
  conf?: Record<string, string>;
  jars?: string[];
  pyFiles?: string[];
  files?: string[];
  archives?: string[];
  driverMemory?: string;
  driverCores?: number;
  executorMemory?: string;
  executorCores?: number;
  numExecutors?: number;
  env?: Record<string, string>;
  workingFolder?: string;
}

export function addRequestOptions(command: Command): Command {
  command
    .option('--class <name>', 'the main class of a jar')
    .option('--name <name>', 'a name for the batch and its application')
    .option('--cluster <name>', 'the cluster to run on')
    .option('--master <url>', 'a master URL in place of a cluster: local[2], spark://host:7077')
    .option('-c, --conf <key=value>', "a configuration property of Spark's; may be repeated", keyValue)
    .option('--jars <list>', 'jars for the driver and the executors, comma-separated', commaList)
    .option('--py-files <list>', '.py, .zip and .egg files for PYTHONPATH, comma-separated', commaList)
    .option('--files <list>', "files for the executors' working folders, comma-separated", commaList)
    .option(
      '--archives <list>',
      'archives to unpack there, comma-separated, as FILE or FILE#FOLDER',
      commaList,
    )
    .option('--driver-memory <size>', 'memory of the driver, such as 1g', memorySize)
    .option('--driver-cores <number>', 'cores of the driver', wholeNumber(1))
    .option('--executor-memory <size>', 'memory of each executor, such as 1g', memorySize)
    .option('--executor-cores <number>', 'cores of each executor', wholeNumber(1))
    .option('--num-executors <number>', 'how many executors', wholeNumber(1))
    .option('--env <key=value>', "a variable of the driver's environment; may be repeated", keyValue)
    .option('--working-folder <folder>', "the driver's working folder");
  return addRuntimeOptions(addSparkSubmitOptions(command));
}

/** The fields of a request that the options name, paths made absolute. What wasn't given is absent. */
export function requestFields(
  options: RequestOptions,
  absolute: (path: string) => string,
): Omit<BatchRequest, 'file' | 'args'> {
  const { fromFile, fromOptions } = settingsOf(options, absolute);
  const conf = {
    ...fromFile,
    ...options.conf,
    ...fromOptions,
    ...(options.master !== undefined && { 'spark.master': options.master }),
  };
  const runtime: RuntimePreference | undefined = runtimePreference(options, absolute);
  return withoutUndefined({
    className: options.class,
    name: options.name,
    cluster: options.cluster,
    conf: Object.keys(conf).length > 0 ? conf : undefined,
    loadSparkDefaults: options.propertiesFile === undefined ? undefined : options.loadSparkDefaults === true,
    jars: options.jars?.map(absolute),
    pyFiles: options.pyFiles?.map(absolute),
    files: options.files?.map(absolute),
    archives: options.archives?.map(absolute),
    driverMemory: options.driverMemory,
    driverCores: options.driverCores,
    executorMemory: options.executorMemory,
    executorCores: options.executorCores,
    numExecutors: options.numExecutors,
    environment: options.env,
    workingFolder: options.workingFolder === undefined ? undefined : absolute(options.workingFolder),
    runtime,
  });
}

/**
 * The changes that `rerun` lays over an earlier request: properties and variables are added to the earlier ones, a
 * cluster takes the place of a master and the other way round, everything else replaces what was there.
 */
export function rerunChanges(
  earlier: BatchRequest,
  options: RequestOptions,
  args: string[],
  absolute: (path: string) => string,
): Record<string, unknown> {
  const fields = requestFields(options, absolute);
  const changes: Record<string, unknown> = { ...fields };
  if (args.length > 0) changes['args'] = args;
  if (fields.environment) changes['environment'] = { ...earlier.environment, ...fields.environment };
  if (fields.conf) changes['conf'] = { ...earlier.conf, ...fields.conf };
  const isOnMaster = options.cluster === undefined && fields.conf?.['spark.master'] !== undefined;
  if (options.master !== undefined || isOnMaster) changes['cluster'] = null;
  else if (options.cluster !== undefined && earlier.conf?.['spark.master'] !== undefined) {
    const { 'spark.master': _, ...conf } = { ...earlier.conf, ...fields.conf };
    changes['conf'] = conf;
  }
  return changes;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Present<T> {
  const present: Present<T> = {};
  for (const key of keysOf(value)) {
    const field = value[key];
    if (isPresent(field)) present[key] = field;
  }
  return present;
}

function keysOf<T extends object>(value: T): (keyof T)[] {
  const keys: (keyof T)[] = [];
  for (const key in value) keys.push(key);
  return keys;
}

function isPresent<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}
