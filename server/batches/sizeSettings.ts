import type { BatchRequest } from '../protocol/batch.ts';

/**
 * The settings by which Spark sizes a batch, as they hold once it is launched. Options of the command line go before the
 * request's conf, that before spark-defaults.conf, that before what follows from a number of executors, and that before
 * the environment.
 * @param defaults the settings of spark-defaults.conf
 */
export function sizeSettings(
  request: BatchRequest,
  place: {
    master: string;
    defaults: Readonly<Record<string, string>>;
    env: Readonly<Record<string, string>>;
  },
): Record<string, string> {
  const { master, defaults } = place;
  const env = { ...place.env, ...request.environment };
  const { driverMemory, driverCores, executorMemory, executorCores, numExecutors } = request;
  return {
    ...given({
      'spark.driver.memory': env['SPARK_DRIVER_MEMORY'] ?? env['SPARK_MEM'],
      'spark.executor.memory': env['SPARK_EXECUTOR_MEMORY'] ?? env['SPARK_MEM'],
      'spark.executor.cores': env['SPARK_EXECUTOR_CORES'],
    }),
    ...executorBound(request, master, defaults),
    ...defaults,
    ...request.conf,
    ...given({
      'spark.driver.memory': driverMemory,
      'spark.driver.cores': driverCores,
      'spark.executor.memory': executorMemory,
      'spark.executor.cores': executorCores,
      ...(!isStandalone(master) && { 'spark.executor.instances': numExecutors }),
    }),
  };
}

/**
 * What follows from a number of executors on a standalone cluster, whose master knows none, only a number of cores. With
 * dynamic allocation the setting is where Spark begins, and no bound.
 */
export function executorBound(
  { conf = {}, executorCores, numExecutors }: BatchRequest,
  master: string,
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  if (!isStandalone(master)) return {};
  const all = { ...defaults, ...conf };
  const isDynamic = isOn(all['spark.dynamicAllocation.enabled']);
  const count = numExecutors ?? (isDynamic ? undefined : countOf(conf['spark.executor.instances']));
  if (count === undefined) return {};
  const cores = executorCores ?? countOf(all['spark.executor.cores']) ?? 1;
  return { 'spark.cores.max': String(count * cores), 'spark.executor.cores': String(cores) };
}

export const isStandalone = (master: string): boolean => master.startsWith('spark://');

/** As Spark reads a yes. */
export const isOn = (text: string | undefined): boolean => text?.trim().toLowerCase() === 'true';

/** A whole number above 0, as Java reads one; undefined for anything else, which Spark refuses. */
export function countOf(text: string | undefined): number | undefined {
  const [, digits] = /^\+?0*([1-9]\d{0,9})$/.exec(text?.trim() ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function given(settings: Readonly<Record<string, string | number | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
