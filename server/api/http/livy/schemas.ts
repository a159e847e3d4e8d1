import { Type, type Static, type TSchema, type TOptional, type TUnion, type TNull } from 'typebox';
import { batchStates } from '../../../protocol/batch.ts';
import { MemorySize } from '../../../protocol/cluster.ts';

/** What is null counts as absent. */
function maybe<T extends TSchema>(schema: T): TOptional<TUnion<[T, TNull]>> {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

const Text = Type.String({ minLength: 1 });
const Texts = Type.Array(Type.String());
/** Some clients send digits. */
const Count = Type.Union([
  Type.Integer({ minimum: 1, maximum: 100_000 }),
  Type.String({ pattern: '^[1-9]\\d{0,4}$' }),
]);
/** Some clients send numbers as they are. */
const Setting = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

/** The body of POST /batches. */
export const LivyRequest = Type.Object(
  {
    file: Text,
    proxyUser: maybe(Type.String()),
    className: maybe(Text),
    args: maybe(Texts),
    jars: maybe(Texts),
    pyFiles: maybe(Texts),
    files: maybe(Texts),
    driverMemory: maybe(MemorySize),
    driverCores: maybe(Count),
    executorMemory: maybe(MemorySize),
    executorCores: maybe(Count),
    numExecutors: maybe(Count),
    archives: maybe(Texts),
    queue: maybe(Text),
    name: maybe(Text),
    conf: maybe(Type.Record(Type.String(), Setting)),
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
