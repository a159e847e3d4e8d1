import { Type, type Static } from 'typebox';
import { longestArgument, mostItems } from '../../../protocol/bounds.ts';
import { MemorySize } from '../../../protocol/cluster.ts';

/** Memory in MiB, as Spark's master tells it. */
export const FastapiClusterStatus = Type.Object({
  status: Type.String({ description: 'of the master: ALIVE, STANDBY, RECOVERING' }),
  total_cores: Type.Integer(),
  used_cores: Type.Integer(),
  total_memory: Type.Integer({ description: 'MiB' }),
  used_memory: Type.Integer({ description: 'MiB' }),
  worker_count: Type.Integer({ description: 'those alive' }),
  active_app_count: Type.Integer(),
});
export type FastapiClusterStatus = Static<typeof FastapiClusterStatus>;

export const FastapiWorker = Type.Object({
  id: Type.String(),
  host: Type.String(),
  port: Type.Integer(),
  cores: Type.Integer(),
  memory: Type.Integer({ description: 'MiB' }),
  state: Type.String(),
});
export type FastapiWorker = Static<typeof FastapiWorker>;

export const FastapiApp = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: Type.String(),
  cores: Type.Integer(),
  memory_per_executor: Type.Integer({ description: 'MiB' }),
  submitted_time: Type.Integer({ description: 'milliseconds since 1970' }),
});
export type FastapiApp = Static<typeof FastapiApp>;

export const FastapiSubmit = Type.Object(
  {
    script_path: Type.String({
      pattern: '^[^./\\\\,#\\x00-\\x1f\\x7f][^/\\\\,#\\x00-\\x1f\\x7f]*\\.py$',
      maxLength: 200,
      description: 'the name of an uploaded script, as my_job.py',
    }),
    app_args: Type.Optional(
      Type.Array(Type.String({ maxLength: longestArgument }), {
        maxItems: mostItems,
        description: 'none unless given',
      }),
    ),
    driver_memory: Type.Optional(Type.Union([MemorySize], { description: '1g unless given' })),
    executor_memory: Type.Optional(Type.Union([MemorySize], { description: '1g unless given' })),
    executor_cores: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, description: '1 unless given' }),
    ),
    num_executors: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 100_000 }), Type.Null()])),
  },
  { additionalProperties: false },
);
export type FastapiSubmit = Static<typeof FastapiSubmit>;

export const FastapiResult = Type.Object({ success: Type.Boolean(), message: Type.String() });
export const FastapiError = Type.Object({ detail: Type.String() });
