import { SparkdeckError } from '../protocol/errors.ts';

/**
 * Refuses settings that would keep a batch out of its cluster: it gets the cluster's secret, so another one, or none,
 * could only fail, and after minutes of attempts to connect.
 * @param given the settings that the cluster asks for
 * @throws SparkdeckError conf.invalid
 */
export function checkAuthentication(
  conf: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): void {
  if (Object.keys(given).length === 0) return;
  const other = Object.entries(conf).find(
    ([name, value]) =>
      (name in given || name.startsWith('spark.authenticate.secret')) && value !== given[name],
  );
  if (!other) return;
  throw new SparkdeckError(
    'conf.invalid',
    `${other[0]} can't be chosen here: the cluster has a secret of its own, which the batch gets from Sparkdeck. Leave the setting out.`,
  );
}
