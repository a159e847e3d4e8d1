import { Type, type Static, type TSchema } from 'typebox';
import { Batch, BatchHistory, BatchProgress, BatchRequest, BatchState, Problem } from './batch.ts';
import { longestPath, record } from './bounds.ts';
import {
  Cluster,
  ClusterConnection,
  ClusterDetail,
  ClusterName,
  ClusterRequest,
  ClusterSpec,
  longestLife,
} from './cluster.ts';
import {
  LogFilesParams,
  LogFilesResult,
  LogReadParams,
  LogReadResult,
  LogSearchParams,
  LogSearchResult,
} from './log.ts';
import { Settings } from './settings.ts';
import { AuditEntry, NewToken, Quota, Team, TeamName, Token } from './team.ts';
import { BatchTiming } from './timing.ts';
import { DoctorReport, InstallProgress, Runtime, RuntimePreference } from './runtime.ts';

/** Of batches of which a client shows the progress. */
const mostWatched = 1000;
const Nothing = Type.Object({}, { additionalProperties: false });
const BatchId = Type.Object({ id: Type.Integer() }, { additionalProperties: false });
const IdempotencyKey = Type.String({ minLength: 1, maxLength: 200 });
const ByName = Type.Object({ name: ClusterName }, { additionalProperties: false });

export const BackendStatus = Type.Object({
  version: Type.String(),
  protocol: Type.Integer(),
  pid: Type.Integer(),
  dataFolder: Type.String(),
  startedAt: Type.Integer(),
  revision: Type.Integer(),
  connections: Type.Integer(),
  warmDrivers: Type.Integer({ description: 'Drivers that are ready for a batch.' }),
  foreground: Type.Boolean({ description: 'It was started by `serve`, and stays until that is ended.' }),
  address: Type.Optional(Type.String({ description: 'Where it answers over HTTP.' })),
  notices: Type.Array(Type.String(), {
    description: 'What the user should be told: a damaged database that was set aside.',
  }),
});
export type BackendStatus = Static<typeof BackendStatus>;

/**
 * Every request of the editor and the CLI: JSON-RPC method name, parameters, result. Errors are SparkdeckError codes in
 * the `data.code` of the JSON-RPC error. A `…/await` request is answered when the thing has come to rest.
 */
export const methods = {
  'backend/status': { params: Nothing, result: BackendStatus },
  /** The backend leaves; clusters and batches go on. */
  'backend/stop': { params: Nothing, result: Nothing },

  'settings/get': { params: Nothing, result: Settings },
  /** Replaces them all. They hold at once. */
  'settings/set': { params: Settings, result: Settings },

  'runtime/doctor': { params: RuntimePreference, result: DoctorReport },
  /** Long; sends `runtime/progress`. Several callers share one install. */
  'runtime/install': { params: RuntimePreference, result: Runtime },

  'cluster/list': {
    params: Nothing,
    result: Type.Object({ revision: Type.Integer(), clusters: Type.Array(Cluster) }),
  },
  /** Answers when the cluster is written down, in state `starting`. A stopped or failed one of that name is replaced. */
  'cluster/start': { params: ClusterRequest, result: Cluster },
  'cluster/await': { params: ByName, result: Cluster },
  'cluster/detail': { params: ByName, result: ClusterDetail },
  'cluster/connection': { params: ByName, result: ClusterConnection },
  /** Answers when its processes are gone. Batches that still run on it are killed only with `force`. */
  'cluster/stop': {
    params: Type.Object(
      { name: ClusterName, force: Type.Optional(Type.Boolean()) },
      { additionalProperties: false },
    ),
    result: Cluster,
  },
  'cluster/remove': { params: ByName, result: Nothing },
  /** New workers start at once; of those that are too many each ends when nothing runs on it. */
  'cluster/scale': {
    params: Type.Object(
      { name: ClusterName, workers: Type.Index(ClusterSpec, ['workers']) },
      { additionalProperties: false },
    ),
    result: Cluster,
  },
  /** Has a cluster live so many seconds longer than until its present end. */
  'cluster/extend': {
    params: Type.Object(
      { name: ClusterName, seconds: Type.Integer({ minimum: 1, maximum: longestLife }) },
      { additionalProperties: false },
    ),
    result: Cluster,
  },

  /** Answers when the batch is written down. The same request with the same `idempotencyKey` again returns the first batch. */
  'batch/submit': {
    params: Type.Object(
      { request: BatchRequest, idempotencyKey: Type.Optional(IdempotencyKey) },
      { additionalProperties: false },
    ),
    result: Batch,
  },
  /** Newest first. `before` is an id to go on from. */
  'batch/list': {
    params: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
        before: Type.Optional(Type.Integer()),
        states: Type.Optional(Type.Array(BatchState, { maxItems: 10 })),
      },
      { additionalProperties: false },
    ),
    result: Type.Object({
      revision: Type.Integer(),
      total: Type.Integer({ description: 'of all states' }),
      batches: Type.Array(Batch),
      next: Type.Optional(
        Type.Integer({
          description:
            'The `before` of the next page; absent on the last. A page of large batches is shorter than its limit.',
        }),
      ),
    }),
  },
  'batch/get': { params: BatchId, result: Batch },
  'batch/await': { params: BatchId, result: Batch },
  /** Answers when every process of it is gone. Harmless on a batch that has ended. */
  'batch/kill': { params: BatchId, result: Batch },
  /** A new batch from the same request, with `changes` laid over it; a field that is null in `changes` is taken out. */
  'batch/rerun': {
    params: Type.Object(
      {
        id: Type.Integer(),
        changes: Type.Optional(record(Type.Unknown(), { maxProperties: 100 })),
        idempotencyKey: Type.Optional(IdempotencyKey),
      },
      { additionalProperties: false },
    ),
    result: Batch,
  },
  /** Forgets an ended batch and deletes its folder. */
  'batch/remove': { params: BatchId, result: Nothing },
  /** Puts a batch that waits at another place of the queue: 1 is next. */
  'batch/move': {
    params: Type.Object(
      { id: Type.Integer(), position: Type.Integer({ minimum: 1 }) },
      { additionalProperties: false },
    ),
    result: Batch,
  },
  /** Without metrics: it is asked for often. */
  'batch/progress': { params: BatchId, result: BatchProgress },
  /** Progress with the stages' metrics, and what follows from them. */
  'batch/history': { params: BatchId, result: BatchHistory },
  /** Where its time went, so far. */
  'batch/timing': { params: BatchId, result: BatchTiming },
  /** Which batches' progress this connection looks at from now on; only for these is the driver asked. */
  'batch/watch': {
    params: Type.Object(
      { ids: Type.Array(Type.Integer(), { maxItems: mostWatched }) },
      { additionalProperties: false },
    ),
    result: Nothing,
  },
  'batch/problems': { params: BatchId, result: Type.Object({ problems: Type.Array(Problem) }) },
  /** The launch as a person would type it: a spark-submit command line, secrets left out. */
  'batch/command': { params: BatchId, result: Type.Object({ command: Type.String() }) },

  'log/files': { params: LogFilesParams, result: LogFilesResult },
  'log/read': { params: LogReadParams, result: LogReadResult },
  'log/search': { params: LogSearchParams, result: LogSearchResult },

  /** The token itself is in this answer alone. */
  'token/create': { params: NewToken, result: Type.Object({ token: Type.String(), entry: Token }) },
  'token/list': { params: Nothing, result: Type.Object({ tokens: Type.Array(Token) }) },
  /** It holds no more from now on. Harmless on one that was revoked. */
  'token/revoke': {
    params: Type.Object({ id: Type.Integer() }, { additionalProperties: false }),
    result: Token,
  },
  'team/list': { params: Nothing, result: Type.Object({ teams: Type.Array(Team) }) },
  /** Replaces the quota of a team. It holds for what waits. */
  'team/quota': {
    params: Type.Object({ team: TeamName, quota: Quota }, { additionalProperties: false }),
    result: Team,
  },
  /** Newest first. `before` is an id to go on from. */
  'audit/list': {
    params: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
        before: Type.Optional(Type.Integer()),
        team: Type.Optional(TeamName),
      },
      { additionalProperties: false },
    ),
    result: Type.Object({ entries: Type.Array(AuditEntry) }),
  },

  'artifact/mainClasses': {
    params: Type.Object(
      { file: Type.String({ minLength: 1, maxLength: longestPath }) },
      { additionalProperties: false },
    ),
    result: Type.Object({
      classes: Type.Array(Type.String()),
      manifestMainClass: Type.Optional(Type.String()),
    }),
  },
} as const satisfies Record<string, { params: TSchema; result: TSchema }>;

export type Method = keyof typeof methods;
export type Params<M extends Method> = Static<(typeof methods)[M]['params']>;
export type Result<M extends Method> = Static<(typeof methods)[M]['result']>;

/** Something changed; whoever shows it reads it again. `revision` grows with every change of this data folder. */
export const Changed = Type.Object({
  revision: Type.Integer(),
  topic: Type.Enum(['cluster', 'batch', 'progress', 'queue', 'runtime'], {
    description: 'queue: the places of the batches that wait',
  }),
  id: Type.Integer({ description: "the cluster's or batch's; 0 for the queue and the runtime" }),
});
export type Changed = Static<typeof Changed>;

export const notifications = {
  'sparkdeck/changed': Changed,
  'runtime/progress': InstallProgress,
} as const;
export type Notification = keyof typeof notifications;
export type NotificationParams<N extends Notification> = Static<(typeof notifications)[N]>;
