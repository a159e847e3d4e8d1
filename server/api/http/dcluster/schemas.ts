import { Type, type Static } from 'typebox';
import { TeamName } from '../../../protocol/team.ts';

/** A number in quotes, as the interface's own clients send it, or as it is. */
const Count = (most: number) =>
  Type.Union([Type.Integer({ minimum: 1, maximum: most }), Type.String({ pattern: '^[1-9]\\d{0,4}$' })]);
const Gigabytes = Type.Union(
  [
    Type.Number({ exclusiveMinimum: 0, maximum: 99_999 }),
    Type.String({ pattern: '^\\d{1,5}(\\.\\d{1,3})?$' }),
  ],
  { description: 'in GB' },
);

/** The body of a launch. */
export const DclusterLaunch = Type.Object(
  {
    workers: Count(64),
    workerMemory: Gigabytes,
    workerCpu: Count(1024),
    masterMemory: Type.Optional(Gigabytes),
    masterCpu: Type.Optional(Count(1024)),
    tenant: TeamName,
  },
  { additionalProperties: false },
);
export type DclusterLaunch = Static<typeof DclusterLaunch>;

export const dclusterStates = ['STARTING', 'RUNNING', 'TERMINATING', 'TERMINATED', 'FAILED'] as const;

const Nullable = Type.Union([Type.String(), Type.Null()]);

/** Memory in GB, as text. */
export const DclusterStatus = Type.Object({
  clusterIps: Type.Array(Type.String()),
  serviceAddress: Type.String({ description: 'Below it, /batches are those of this cluster alone.' }),
  interrupted: Type.Boolean({ description: 'It ended unasked.' }),
  workerMemory: Type.String(),
  masterMemory: Nullable,
  name: Type.String(),
  namespace: Type.String(),
  workerCpu: Type.String(),
  id: Type.Integer(),
  workers: Type.Integer(),
  tenant: Nullable,
  masterCpu: Nullable,
  status: Type.Enum([...dclusterStates]),
});
export type DclusterStatus = Static<typeof DclusterStatus>;
