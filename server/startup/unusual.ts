import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Runtime } from '../protocol/runtime.ts';

/** What decides how a driver's JVM is started. */
export interface DriverWish {
  runtime: Runtime;
  /** The environment that spark-submit gets. */
  env: Readonly<Record<string, string>>;
  /** Spark's settings from the request and from spark-defaults.conf: names and values. */
  conf: Readonly<Record<string, string>>;
}

/**
 * Why Spark's own scripts must be asked how to start this driver; undefined when what was learned of the runtime holds
 * for it too.
 */
export function unusual({ runtime, env, conf }: DriverWish): string | undefined {
  const variable = decidingVariables.find(name => env[name] !== undefined);
  if (variable !== undefined) return `the environment variable ${variable} is set`;
  const setting = decidingSettings.find(name => conf[name] !== undefined);
  if (setting !== undefined) return `${setting} is set`;
  const folder = env['SPARK_CONF_DIR'] ?? join(runtime.spark.home, 'conf');
  const file = ['spark-env.sh', 'java-opts'].find(name => existsSync(join(folder, name)));
  return file && `there is a ${file} in ${folder}`;
}

/** Read by bin/spark-submit, bin/spark-class, bin/load-spark-env.sh or org.apache.spark.launcher of Spark 3.5 to 4.3. */
const decidingVariables = [
  'SPARK_SUBMIT_OPTS',
  'SPARK_LAUNCHER_OPTS',
  'SPARK_DRIVER_MEMORY',
  'SPARK_MEM',
  'SPARK_JAVA_OPTS',
  'SPARK_DIST_CLASSPATH',
  'SPARK_PREPEND_CLASSES',
  'SPARK_TESTING',
  'SPARK_SQL_TESTING',
  'SPARK_ENV_LOADED',
  'SPARK_CONF_DIR',
  'SPARK_PRINT_LAUNCH_COMMAND',
  'SPARK_SCALA_VERSION',
  'SPARK_CONNECT_MODE',
  'SPARK_REMOTE',
  'HADOOP_CONF_DIR',
  'YARN_CONF_DIR',
  'CLASSPATH',
];

const decidingSettings = [
  'spark.driver.extraJavaOptions',
  'spark.driver.defaultJavaOptions',
  'spark.driver.extraClassPath',
  'spark.driver.extraLibraryPath',
  'spark.remote',
  'spark.api.mode',
];
