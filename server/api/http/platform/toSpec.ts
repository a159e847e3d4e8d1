import { Value } from 'typebox/value';
import { ClusterName, longestLife, type ClusterSpec } from '../../../protocol/cluster.ts';
import { secondsOf } from '../../../protocol/duration.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import type { PlatformConfiguration } from './configuration.ts';
import { fillPattern } from './names.ts';
import type { PlatformClusterRequest } from './schemas.ts';

/**
 * A cluster as it is asked for.
 * @throws SparkdeckError request.invalid for what the configuration doesn't know
 */
export function toSpec(body: PlatformClusterRequest, configuration: PlatformConfiguration): ClusterSpec {
  const { team, environment, region, catalogs = [] } = body;
  const size = lookUp('size', body.size, configuration.sizes);
  const rules = lookUp('environment', environment, configuration.environments);
  const { regions, domain } = configuration;
  if (regions.length > 0 && !regions.includes(region)) throw unknown('region', region, regions);
  const ttl = body.ttl ?? rules.ttl ?? rules.longestTtl;
  if (ttl !== undefined) checkTtl(secondsOf(ttl), rules);
  const parts = { team, environment, region, domain };
  const name = fillPattern(configuration.clusterId, parts);
  const isName: boolean = Value.Check(ClusterName, name);
  if (!isName) {
    throw new SparkdeckError(
      'request.invalid',
      `The names don't make a cluster's: ${name}. It may have lower-case letters, digits and hyphens, 40 at most; whoever runs the backend can change the pattern clusterId.`,
    );
  }
  return {
    name,
    provider: 'local',
    workers: size.workers,
    workerCores: size.cores,
    workerMemory: size.memory,
    ...(ttl !== undefined && { ttl: secondsOf(ttl) }),
    labels: {
      'platform.environment': environment,
      'platform.region': region,
      'platform.endpoint': fillPattern(configuration.endpoint, parts),
      ...(catalogs.length > 0 && { 'platform.catalogs': catalogs.join(',') }),
    },
  };
}

/** @param seconds for which it is to live from now on. @throws SparkdeckError request.invalid */
export function checkTtl(seconds: number, { longestTtl }: { longestTtl?: string }): void {
  const longest = longestTtl === undefined ? longestLife : secondsOf(longestTtl);
  if (seconds <= longest) return;
  throw new SparkdeckError(
    'request.invalid',
    `In this environment a cluster lives for ${longestTtl ?? 'a hundred years'} at most. Ask for less; it can be extended later.`,
  );
}

/** @throws SparkdeckError request.invalid */
export function lookUp<T>(what: string, name: string, known: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined) throw unknown(what, name, Object.keys(known));
  return found;
}

function unknown(what: string, name: string, known: readonly string[]): SparkdeckError {
  return new SparkdeckError(
    'request.invalid',
    `There is no ${what} ${name}. Choose one of: ${known.join(', ')}.`,
  );
}
