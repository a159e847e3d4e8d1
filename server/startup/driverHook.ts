import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Python imports it by its name when it starts, and it undoes what this changes; see there. */
const hook = fileURLToPath(new URL('./sitecustomize.py', import.meta.url));

/**
 * The environment of a spark-submit whose Python driver leaves a report of how it ended, see batches/driverReport/.
 * Spark hands PYTHONPATH on to the driver.
 * @param master of which the driver is on this machine and its environment stays there
 */
export function withDriverHook(
  env: Readonly<Record<string, string>>,
  { file, master }: { file: string; master: string },
): Record<string, string> {
  const folder = dirname(hook);
  // YARN and Kubernetes hand the variable on to other machines.
  if (!/\.py$/i.test(file) || !/^(?:local|spark:)/.test(master) || folder.includes(':')) return { ...env };
  const own = env['PYTHONPATH'] ?? '';
  return { ...env, PYTHONPATH: own === '' ? folder : `${folder}:${own}` };
}
