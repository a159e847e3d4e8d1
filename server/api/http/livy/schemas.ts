import { Type, type Static, type TSchema, type TOptional, type TUnion, type TNull } from 'typebox';
import { batchStates } from '../../../protocol/batch.ts';
import {
  longestArgument,
  longestName,
  longestPath,
  longestProperty,
  mostItems,
  record,
} from '../../../protocol/bounds.ts';
import { MemorySize } from '../../../protocol/cluster.ts';

/** What is null counts as absent. */
function maybe<T extends TSchema>(schema: T): TOptional<TUnion<[T, TNull]>> {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

const Name = Type.String({ minLength: 1, maxLength: longestName });
const Path = Type.String({ minLength: 1, maxLength: longestPath });
const Paths = Type.Array(Type.String({ maxLength: longestPath }), { maxItems: mostItems });
const Arguments = Type.Array(Type.String({ maxLength: longestArgument }), { maxItems: mostItems });
/** Some clients send digits. */
const Count = Type.Union([
  Type.Integer({ minimum: 1, maximum: 100_000 }),
  Type.String({ pattern: '^[1-9]\\d{0,4}$' }),
]);
/** Some clients send numbers as they are. */
const Setting = Type.Union([Type.String({ maxLength: longestProperty }), Type.Number(), Type.Boolean()]);

/** The body of POST /batches. */
export const LivyRequest = Type.Object(
  {
    file: Path,
    proxyUser: maybe(Type.String({ maxLength: longestName })),
    className: maybe(Name),
    args: maybe(Arguments),
    jars: maybe(Paths),
    pyFiles: maybe(Paths),
    files: maybe(Paths),
    driverMemory: maybe(MemorySize),
    driverCores: maybe(Count),
    executorMemory: maybe(MemorySize),
    executorCores: maybe(Count),
    numExecutors: maybe(Count),
    archives: maybe(Paths),
    queue: maybe(Name),
    name: maybe(Name),
    conf: maybe(record(Setting)),
  },
  { additionalProperties: false },
);
export type LivyRequest = Static<typeof LivyRequest>;

const Nullable = Type.Union([Type.String(), Type.Null()]);
/** All of them are states that Livy's clients know. */
const LivyState = Type.Enum([...batchStates]);

export const LivyBatch = Type.Object({
  id: Type.Integer(),
  name: Nullable,
  owner: Nullable,
  proxyUser: Nullable,
  state: LivyState,
  appId: Nullable,
  appInfo: Type.Object({ driverLogUrl: Nullable, sparkUiUrl: Nullable }),
  log: Type.Array(Type.String(), { description: 'the last lines' }),
});
export type LivyBatch = Static<typeof LivyBatch>;

export const LivyList = Type.Object({
  from: Type.Integer(),
  total: Type.Integer(),
  sessions: Type.Array(LivyBatch),
});

export const LivyStateAnswer = Type.Object({ id: Type.Integer(), state: LivyState });

export const LivyLog = Type.Object({
  id: Type.Integer(),
  from: Type.Integer(),
  total: Type.Integer(),
  log: Type.Array(Type.String()),
});

export const LivyMessage = Type.Object({ msg: Type.String() });
