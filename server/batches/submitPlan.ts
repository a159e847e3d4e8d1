import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'dot-properties';
import type { BatchRequest } from '../protocol/batch.ts';
import type { Runtime } from '../protocol/runtime.ts';
import type { Command } from '../process/launch.ts';
import { executorBound, isStandalone } from './sizeSettings.ts';
import { survivesTrimming } from './parseProperties.ts';

export interface SubmitPlan {
  command: Command;
  /** What was planned. */
  request: BatchRequest;
  /** The text of the properties file that the command names. */
  properties: string;
  propertiesFile: string;
  /** What they say together with the request: Spark's settings of this batch by name. */
  conf: Record<string, string>;
}

/**
 * The spark-submit of a batch. Configuration goes through a properties file that only this user can read, not through
 * arguments, which every user of the machine can see. Only values with blanks at an end are arguments, since Spark trims
 * those of a file; a request with a secret of that kind is refused.
 * @param sparkDefaults the settings of spark-defaults.conf, which --properties-file would otherwise put out of force
 */
export function planSubmit(batch: {
  request: BatchRequest;
  master: string;
  runtime: Runtime;
  uiPort: number;
  folder: string;
  workingFolder: string;
  baseEnv: Readonly<Record<string, string>>;
  sparkDefaults: Readonly<Record<string, string>>;
  /** JVM options for executors on this machine. */
  executorOptions: readonly string[];
  /** With which the master lets it in. They go before the user's own. */
  authentication: Readonly<Record<string, string>>;
  /** Whether the program seems to set spark.local.dir itself, see localDir.ts. */
  namesLocalDir?: boolean;
}): SubmitPlan {
  const { request, runtime, folder } = batch;
  const propertiesFile = join(folder, 'spark.conf');
  const local = isLoopback(batch.master);
  const defaults = batch.sparkDefaults;
  const scratch = scratchOf(batch);
  const own = {
    ...ownConf(batch, local),
    ...scratch.conf,
    ...executorBound(request, batch.master, defaults),
  };
  const chosen = { ...own, ...defaults, ...request.conf };
  const conf = { ...chosen, ...batch.authentication, ...redactionOf(chosen, batch.authentication) };
  const inFile = Object.entries(conf).filter(([, value]) => survivesTrimming(value));
  const asArguments = Object.entries(conf).filter(([, value]) => !survivesTrimming(value));
  return {
    request,
    conf,
    propertiesFile,
    // Folding long lines takes time that grows with the square of their length.
    properties: `${stringify(Object.fromEntries(inFile), { latin1: true, keySep: '=', lineWidth: null })}\n`,
    command: {
      program: join(runtime.spark.home, 'bin', 'spark-submit'),
      args: submitArguments(request, { master: batch.master, propertiesFile, conf: asArguments }),
      env: {
        ...batch.baseEnv,
        JAVA_HOME: runtime.java.home,
        SPARK_HOME: runtime.spark.home,
        PYSPARK_PYTHON: runtime.python.path,
        PYSPARK_DRIVER_PYTHON: runtime.python.path,
        ...(local && { SPARK_LOCAL_IP: '127.0.0.1' }),
        ...scratch.env,
        ...request.environment,
      },
      workingFolder: batch.workingFolder,
    },
  };
}

/**
 * A pattern of the user's stands in place of Spark's own, and Spark then shows a cluster's secret in its event log and on the
 * driver's page. With a secret of a cluster, Spark's pattern holds beside it.
 */
function redactionOf(
  chosen: Readonly<Record<string, string>>,
  authentication: Readonly<Record<string, string>>,
): Record<string, string> {
  const pattern = chosen['spark.redaction.regex'];
  if (pattern === undefined || Object.keys(authentication).length === 0) return {};
  return { 'spark.redaction.regex': `(?:${pattern})|(?i:secret|password|token|access[.]?key)` };
}

/** The arguments of spark-submit, in the order of its own help. */
export function submitArguments(
  request: BatchRequest,
  fixed: { master: string; propertiesFile?: string; conf?: readonly (readonly [string, string])[] },
): string[] {
  const option = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [name, String(value)];
  const list = (name: string, values: readonly string[] | undefined): string[] =>
    values && values.length > 0 ? [name, values.join(',')] : [];
  return [
    ...option('--master', fixed.master),
    // The driver runs here, where it can be watched and ended.
    ...option('--deploy-mode', 'client'),
    // Without one, Spark takes spark.app.name, and else the name of the file or of the main class.
    ...option('--name', request.name),
    ...option('--class', request.className),
    ...list('--jars', request.jars),
    ...list('--py-files', request.pyFiles),
    ...list('--files', request.files),
    ...list('--archives', request.archives),
    ...option('--properties-file', fixed.propertiesFile),
    ...(fixed.conf ?? []).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
    ...option('--driver-memory', request.driverMemory),
    ...option('--driver-cores', request.driverCores),
    ...option('--executor-memory', request.executorMemory),
    ...option('--executor-cores', request.executorCores),
    ...(isStandalone(fixed.master) ? [] : option('--num-executors', request.numExecutors)),
    programFile(request.file),
    ...(request.args ?? []),
  ];
}

/** Spark reads a path up to the first #. In a URL that can be written otherwise. */
const programFile = (file: string): string =>
  file.startsWith('/') && file.includes('#') ? pathToFileURL(file).href : file;

/** What Sparkdeck needs to watch a batch. The user's own values go before these. */
function ownConf(
  batch: {
    master: string;
    uiPort: number;
    folder: string;
    executorOptions: readonly string[];
  },
  local: boolean,
): Record<string, string> {
  return {
    'spark.eventLog.enabled': 'true',
    'spark.eventLog.dir': pathToFileURL(eventFolder(batch.folder)).href,
    // Rolled and plain: JSON lines that can be read while they grow, and dropped by the file.
    'spark.eventLog.rolling.enabled': 'true',
    'spark.eventLog.compress': 'false',
    // The driver's page knows no users, so it only shows.
    'spark.ui.killEnabled': 'false',
    'spark.ui.port': String(batch.uiPort),
    ...(local && { 'spark.driver.host': '127.0.0.1', 'spark.driver.bindAddress': '127.0.0.1' }),
    // For administrators, by Spark's documentation; the user's own are spark.executor.extraJavaOptions.
    ...(local &&
      isStandalone(batch.master) &&
      batch.executorOptions.length > 0 && {
        'spark.executor.defaultJavaOptions': batch.executorOptions.map(quoted).join(' '),
      }),
  };
}

/**
 * What a killed driver leaves behind is removed with the rest, unless the user has a place for it. By environment, since
 * Spark warns of the setting spark.local.dir at each start. But the variable would put out of force what a program sets
 * in its code, so one that names the setting gets the setting, for which Spark would warn anyway. A comma would make
 * two folders of it.
 */
function scratchOf(batch: {
  request: BatchRequest;
  folder: string;
  baseEnv: Readonly<Record<string, string>>;
  sparkDefaults: Readonly<Record<string, string>>;
  namesLocalDir?: boolean;
}): { env?: Record<string, string>; conf?: Record<string, string> } {
  const chosen = { ...batch.sparkDefaults, ...batch.request.conf }['spark.local.dir'];
  if (chosen !== undefined || 'SPARK_LOCAL_DIRS' in batch.baseEnv || batch.folder.includes(',')) return {};
  const folder = scratchFolder(batch.folder);
  return batch.namesLocalDir
    ? { conf: { 'spark.local.dir': folder } }
    : { env: { SPARK_LOCAL_DIRS: folder } };
}

/** Spark's scratch space of the driver: shuffle files and spills. Removed when the batch has ended. */
export const scratchFolder = (batchFolder: string): string => join(batchFolder, 'scratch');

export const eventFolder = (batchFolder: string): string => join(batchFolder, 'events');

/** A master that is on this machine: then driver and executors need no address but the loopback one. */
export function isLoopback(master: string): boolean {
  return /^local(\[|-cluster|$)/.test(master) || /^spark:\/\/(localhost|127(\.\d+){3})[:/]/.test(master);
}

/** As Utils.splitCommandString of Spark reads them again. */
const quoted = (option: string): string =>
  /[\s"'\\]/.test(option) ? `"${option.replaceAll(/["\\]/g, String.raw`\$&`)}"` : option;
