import { Type, type Static } from 'typebox';
import { BatchRequest } from '../../../protocol/batch.ts';
import { Duration } from '../../../protocol/duration.ts';
import { TeamName } from '../../../protocol/team.ts';

const Nullable = Type.Union([Type.String(), Type.Null()]);
const Word = Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$' });

export const PlatformJobRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    team: TeamName,
    config: Type.Object(
      {
        spark_version: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d+){0,2}$', maxLength: 20 })),
        job_type: Type.Optional(Type.Enum(['BATCH'])),
        core_etl: Type.Object(
          {
            version: Type.Optional(Type.String({ maxLength: 100 })),
            job_spec: Type.Omit(BatchRequest, ['name'], { additionalProperties: false }),
          },
          { additionalProperties: false },
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type PlatformJobRequest = Static<typeof PlatformJobRequest>;

export const jobStatuses = ['queued', 'starting', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export const PlatformJob = Type.Object({
  job_id: Type.Integer(),
  name: Type.String(),
  team: Nullable,
  status: Type.Enum([...jobStatuses]),
  message: Type.Union([Type.String(), Type.Null()], { description: 'why it ended as it did' }),
  cluster_id: Nullable,
  app_id: Nullable,
  spark_ui_url: Nullable,
  submitted_at: Nullable,
  started_at: Nullable,
  ended_at: Nullable,
  warnings: Type.Array(Type.String()),
});
export type PlatformJob = Static<typeof PlatformJob>;

export const PlatformLogs = Type.Object({
  job_id: Type.Integer(),
  from: Type.Integer(),
  total: Type.Integer(),
  lines: Type.Array(Type.String()),
});

export const PlatformClusterRequest = Type.Object(
  {
    team: TeamName,
    environment: Word,
    region: Word,
    size: Word,
    catalogs: Type.Optional(
      Type.Array(Type.String({ pattern: '^\\w[\\w.-]{0,99}$' }), {
        maxItems: 100,
        description: 'kept, and told again',
      }),
    ),
    ttl: Type.Optional(Duration),
  },
  { additionalProperties: false },
);
export type PlatformClusterRequest = Static<typeof PlatformClusterRequest>;

export const clusterStatuses = ['provisioning', 'running', 'deleting', 'stopped', 'failed'] as const;

/** The answer to a request for a cluster. */
export const PlatformNewCluster = Type.Object({
  cluster_id: Type.String(),
  endpoint: Nullable,
  status: Type.Enum([...clusterStatuses]),
  estimated_ready_seconds: Type.Integer({ description: 'by the starts before this one' }),
});
export type PlatformNewCluster = Static<typeof PlatformNewCluster>;

export const PlatformCluster = Type.Object({
  ...PlatformNewCluster.properties,
  team: Nullable,
  environment: Nullable,
  region: Nullable,
  size: Type.Union([Type.String(), Type.Null()], { description: 'null when it was scaled to none of them' }),
  workers: Type.Integer(),
  catalogs: Type.Array(Type.String()),
  master_url: Nullable,
  created_at: Type.String(),
  expires_at: Nullable,
  notice: Type.Union([Type.String(), Type.Null()], {
    description: 'that it will be stopped soon, or why it was',
  }),
  message: Type.Union([Type.String(), Type.Null()], { description: 'what is wrong with it' }),
});
export type PlatformCluster = Static<typeof PlatformCluster>;

export const PlatformError = Type.Object({
  error: Type.String({ description: 'for programs, as cluster.missing' }),
  message: Type.String({ description: 'for a person' }),
});
