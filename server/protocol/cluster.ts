import { Type, type Static } from 'typebox';
import { record } from './bounds.ts';
import { Runtime, RuntimePreference } from './runtime.ts';

/** A memory size in any spelling that Spark reads. Binary units, as in Spark: 1g is 1024 MiB; a number alone is MiB. */
export const MemorySize = Type.String({
  maxLength: 32,
  pattern: '^ *0*[1-9]\\d{0,15}([bB]|[kmgtpKMGTP]([iI]?[bB])?)? *$',
  description: 'A Spark memory size: "512m", "2g", "2GB"; a number alone is MiB.',
});

export const ClusterName = Type.String({
  pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
  description: 'Lower-case letters, digits and hyphens; 40 at most.',
});

/** Of a cluster, in seconds: a hundred years. */
export const longestLife = 100 * 366 * 86_400;

const Port = Type.Integer({ minimum: 1, maximum: 65535 });

/**
 * What to make. The provider `local` starts a standalone master and its workers as processes of this machine.
 * Ports that are not given are chosen free.
 */
export const ClusterSpec = Type.Object(
  {
    name: ClusterName,
    provider: Type.Enum(['local']),
    workers: Type.Integer({ minimum: 1, maximum: 64, default: 1 }),
    workerCores: Type.Integer({ minimum: 1, maximum: 1024, default: 2 }),
    workerMemory: MemorySize,
    overcommit: Type.Optional(
      Type.Boolean({
        description:
          'Its workers may together promise more memory than the machine has. What runs on them must still find room.',
      }),
    ),
    ttl: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: longestLife,
        description:
          'Seconds from its start after which it is stopped, with what runs on it. Never unless given.',
      }),
    ),
    labels: Type.Optional(
      record(Type.String({ maxLength: 16 * 1024 }), {
        maxProperties: 100,
        description: 'What whoever had it made wants to find again. Nothing follows from it.',
      }),
    ),
    masterPort: Type.Optional(Port),
    masterUiPort: Type.Optional(Port),
    runtime: Type.Optional(RuntimePreference),
  },
  { additionalProperties: false },
);
export type ClusterSpec = Static<typeof ClusterSpec>;

/** What a caller may ask for: all but more than there is, which is for an interface to say that speaks of machines elsewhere. */
export const ClusterRequest = Type.Omit(ClusterSpec, ['overcommit'], { additionalProperties: false });
export type ClusterRequest = Static<typeof ClusterRequest>;

export const clusterStates = ['starting', 'running', 'stopping', 'stopped', 'failed'] as const;
export const ClusterState = Type.Enum([...clusterStates]);
export type ClusterState = Static<typeof ClusterState>;

export const Cluster = Type.Object({
  id: Type.Integer(),
  spec: ClusterSpec,
  team: Type.Optional(Type.String({ description: "Whose it is; absent for the owner's." })),
  state: ClusterState,
  reason: Type.Optional(Type.String({ description: 'Why it failed, and what to do.' })),
  notice: Type.Optional(
    Type.String({ description: 'What its owner should know: that it will be stopped soon, or why it was.' }),
  ),
  createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
  expiresAt: Type.Optional(
    Type.Integer({ description: 'When it will be stopped, in milliseconds since 1970; never if absent.' }),
  ),
  runtime: Type.Optional(Runtime),
  masterUrl: Type.Optional(Type.String({ description: 'spark://127.0.0.1:PORT' })),
  uiUrl: Type.Optional(Type.String({ description: "The master's web page, http://127.0.0.1:PORT" })),
  secured: Type.Optional(
    Type.Boolean({
      description:
        'Whether it only takes applications that know its secret; absent if an older version started it.',
    }),
  ),
  revision: Type.Integer(),
});
export type Cluster = Static<typeof Cluster>;

/** A worker, as the master's /json/ tells it. Memory in MiB. */
export const Worker = Type.Object({
  id: Type.String(),
  host: Type.String(),
  port: Type.Integer(),
  uiUrl: Type.String(),
  cores: Type.Integer(),
  coresUsed: Type.Integer(),
  memory: Type.Integer({ description: 'MiB' }),
  memoryUsed: Type.Integer({ description: 'MiB' }),
  state: Type.String({ description: 'ALIVE, DEAD, DECOMMISSIONED or UNKNOWN' }),
});
export type Worker = Static<typeof Worker>;

/** An application on a cluster, as the master's /json/ tells it. */
export const Application = Type.Object({
  id: Type.String(),
  name: Type.String(),
  user: Type.String(),
  cores: Type.Integer(),
  memoryPerExecutor: Type.Integer({ description: 'MiB' }),
  state: Type.String({ description: 'WAITING, RUNNING, FINISHED, FAILED, KILLED or UNKNOWN' }),
  startedAt: Type.Integer({ description: 'milliseconds since 1970' }),
  duration: Type.Integer({ description: 'milliseconds' }),
  batchId: Type.Optional(
    Type.Integer({ description: 'The batch that runs as this application, if it is one of ours.' }),
  ),
});
export type Application = Static<typeof Application>;

/** What the master says of itself at this moment. */
export const ClusterDetail = Type.Object({
  masterState: Type.String({ description: 'ALIVE, STANDBY, RECOVERING' }),
  workers: Type.Array(Worker),
  active: Type.Array(Application),
  completed: Type.Array(Application),
});
export type ClusterDetail = Static<typeof ClusterDetail>;

/** What a program that isn't a batch needs to connect to a cluster. */
export const ClusterConnection = Type.Object({
  conf: Type.Record(Type.String(), Type.String(), {
    description: "Spark's settings for it: the master, and the cluster's secret. Keep them to yourself.",
  }),
});
export type ClusterConnection = Static<typeof ClusterConnection>;
