import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { MemorySize } from '../../../protocol/cluster.ts';
import { Duration } from '../../../protocol/duration.ts';
import { messageOf, SparkdeckError } from '../../../protocol/errors.ts';
import { readRegularFile } from '../../../store/regularFile.ts';

const Name = Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$' });

/** Sizes, environments and names; see docs/platform.md. */
export const PlatformConfiguration = Type.Object(
  {
    sizes: Type.Record(
      Name,
      Type.Object(
        {
          workers: Type.Integer({ minimum: 1, maximum: 64 }),
          cores: Type.Integer({ minimum: 1, maximum: 1024 }),
          memory: MemorySize,
        },
        { additionalProperties: false },
      ),
    ),
    environments: Type.Record(
      Name,
      Type.Object(
        { ttl: Type.Optional(Duration), longestTtl: Type.Optional(Duration) },
        { additionalProperties: false },
      ),
    ),
    regions: Type.Array(Name),
    clusterId: Type.String({ minLength: 1 }),
    endpoint: Type.String({ minLength: 1 }),
    domain: Type.String({ minLength: 1 }),
    firstEstimate: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
);
export type PlatformConfiguration = Static<typeof PlatformConfiguration>;

const JsonObject = Type.Record(Type.String(), Type.Unknown());

export const platformDefaults: PlatformConfiguration = {
  sizes: {
    small: { workers: 1, cores: 1, memory: '1g' },
    medium: { workers: 2, cores: 1, memory: '2g' },
    large: { workers: 4, cores: 2, memory: '4g' },
  },
  environments: { dev: { ttl: '12h' }, ci: { ttl: '2h', longestTtl: '1d' }, staging: {}, prod: {} },
  regions: [],
  clusterId: 'sc-{team_short}-{environment_short}-{region_short}-{random}',
  endpoint: 'sc://{team_short}-{environment}-{region_joined}.{domain}:15002',
  domain: 'sparkdeck.localhost',
  firstEstimate: 30,
};

/**
 * The defaults, and over them what the file platform.json of the data folder says.
 * @throws SparkdeckError request.invalid when it can't be used
 */
export function readConfiguration(dataFolder: string): PlatformConfiguration {
  const file = join(dataFolder, 'platform.json');
  try {
    const given: unknown = JSON.parse(readIfThere(file));
    if (!Value.Check(JsonObject, given)) throw new Error('it is not a JSON object');
    const whole = { ...platformDefaults, ...given };
    const [problem] = Value.Errors(PlatformConfiguration, whole);
    if (!problem && Value.Check(PlatformConfiguration, whole)) return whole;
    throw new Error(`${problem?.instancePath.slice(1) || 'it'} ${problem?.message ?? ''}`);
  } catch (error) {
    throw new SparkdeckError(
      'request.invalid',
      `${file} can't be used: ${messageOf(error)}. See docs/platform.md.`,
      {
        cause: error,
      },
    );
  }
}

/** Bytes. */
const largest = 2 ** 20;

function readIfThere(file: string): string {
  return existsSync(file) ? readRegularFile(file, largest).toString('utf8') : '{}';
}
