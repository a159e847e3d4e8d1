import { Type, type Static } from 'typebox';
import { longestArgument, longestName, longestPath, longestProperty, mostItems, record } from './bounds.ts';
import { ClusterName, MemorySize } from './cluster.ts';
import { ApplicationMetrics, Executor, Hint, StageMetrics } from './metrics.ts';
import { RuntimePreference } from './runtime.ts';
import { batchStates } from './states.ts';

export { batchStates, isTerminal, terminalStates } from './states.ts';

const Path = Type.String({ minLength: 1, maxLength: longestPath });
const Paths = Type.Array(Path, { maxItems: mostItems });
const Argument = Type.String({ maxLength: longestArgument });
const Count = Type.Integer({ minimum: 1 });

/**
 * What to run: the fields of Apache Livy's POST /batches, and what an editor adds
 * (cluster, environment, workingFolder, runtime). `conf` may hold `spark.master`, which then takes the cluster's place.
 */
export const BatchRequest = Type.Object(
  {
    file: Type.String({
      minLength: 1,
      maxLength: longestPath,
      description: 'The .py or .jar to run: a local path or a URL that Spark can read.',
    }),
    className: Type.Optional(
      Type.String({ minLength: 1, maxLength: longestName, description: 'The main class of a jar.' }),
    ),
    args: Type.Optional(Type.Array(Argument, { maxItems: mostItems })),
    jars: Type.Optional(Paths),
    pyFiles: Type.Optional(Paths),
    files: Type.Optional(Paths),
    archives: Type.Optional(Paths),
    conf: Type.Optional(record(Type.String({ maxLength: longestProperty }))),
    loadSparkDefaults: Type.Optional(
      Type.Boolean({
        description: 'false: without the settings of spark-defaults.conf.',
      }),
    ),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: longestName })),
    driverMemory: Type.Optional(MemorySize),
    driverCores: Type.Optional(Count),
    executorMemory: Type.Optional(MemorySize),
    executorCores: Type.Optional(Count),
    numExecutors: Type.Optional(Count),
    environment: Type.Optional(record(Argument)),
    cluster: Type.Optional(ClusterName),
    workingFolder: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: longestPath,
        description:
          "The driver's working folder; unless given that of the file, or the batch's own for a file elsewhere (hdfs:, s3a:).",
      }),
    ),
    runtime: Type.Optional(RuntimePreference),
  },
  { additionalProperties: false },
);
export type BatchRequest = Static<typeof BatchRequest>;

export const BatchState = Type.Enum([...batchStates]);
export type BatchState = Static<typeof BatchState>;

export const Transition = Type.Object({
  state: BatchState,
  at: Type.Integer({ description: 'milliseconds since 1970' }),
});
export type Transition = Static<typeof Transition>;

/** One run of spark-submit. */
export const Batch = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  request: BatchRequest,
  team: Type.Optional(Type.String({ description: "Whose it is; absent for the owner's." })),
  cluster: Type.Optional(Type.String({ description: 'The name of the cluster it was sent to.' })),
  master: Type.Optional(Type.String({ description: 'The master URL that it was started with.' })),
  state: BatchState,
  transitions: Type.Array(Transition),
  reason: Type.Optional(
    Type.String({ description: 'Why it ended as it did; always there in a terminal state.' }),
  ),
  exitCode: Type.Optional(Type.Integer()),
  appId: Type.Optional(Type.String()),
  sparkUiUrl: Type.Optional(Type.String({ description: "The driver's web page while it runs." })),
  killRequestedAt: Type.Optional(Type.Integer()),
  rerunOf: Type.Optional(Type.Integer()),
  queuePosition: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Among those that wait to be started; 1 is next.' }),
  ),
  folder: Type.String({ description: 'Where its stdout.log, stderr.log and event log lie.' }),
  revision: Type.Integer(),
});
export type Batch = Static<typeof Batch>;

/** Of a stage attempt, or of all a job's stages together. */
export const TaskCounts = Type.Object({
  total: Type.Integer(),
  active: Type.Integer(),
  completed: Type.Integer(),
  failed: Type.Integer(),
});
export type TaskCounts = Static<typeof TaskCounts>;

export const StageProgress = Type.Object({
  id: Type.Integer(),
  attempt: Type.Integer(),
  name: Type.String(),
  state: Type.Enum(['pending', 'active', 'complete', 'failed', 'skipped']),
  tasks: TaskCounts,
  startedAt: Type.Optional(Type.Integer()),
  endedAt: Type.Optional(Type.Integer()),
  failure: Type.Optional(Type.String()),
  metrics: Type.Optional(StageMetrics),
});
export type StageProgress = Static<typeof StageProgress>;

export const JobProgress = Type.Object({
  id: Type.Integer({ description: 'unique in its application' }),
  appId: Type.Optional(
    Type.String({ description: 'Whose job it is, where the program made several applications.' }),
  ),
  name: Type.String(),
  state: Type.Enum(['running', 'succeeded', 'failed']),
  tasks: TaskCounts,
  stages: Type.Array(StageProgress),
  startedAt: Type.Integer(),
  endedAt: Type.Optional(Type.Integer()),
});
export type JobProgress = Static<typeof JobProgress>;

/** How far a batch's application is: from its event log, and while it runs from the driver's REST API. */
export const BatchProgress = Type.Object({
  id: Type.Integer({ description: "the batch's" }),
  appId: Type.Optional(Type.String({ description: 'of several applications the latest' })),
  appIds: Type.Optional(
    Type.Array(Type.String(), {
      description: 'The applications in their order, where the program made several: the newest twenty.',
    }),
  ),
  appName: Type.Optional(Type.String()),
  executors: Type.Integer({ description: 'live ones, the driver not counted' }),
  waitingForResources: Type.Boolean({
    description: 'A stage waits for tasks to start, and there is no executor.',
  }),
  tasks: TaskCounts,
  jobs: Type.Array(JobProgress),
  unavailable: Type.Optional(
    Type.String({
      description:
        'Why not all that the application did is known, and what to do about it: a sentence or two.',
    }),
  ),
  unreadable: Type.Optional(
    Type.String({
      description:
        'The codec of an event log that we cannot decompress: nothing is known but what a live driver says.',
    }),
  ),
});
export type BatchProgress = Static<typeof BatchProgress>;

/** What a batch's application did, and what it could do better; kept as long as its event log is. */
export const BatchHistory = Type.Object({
  progress: BatchProgress,
  metrics: ApplicationMetrics,
  executors: Type.Array(Executor),
  hints: Type.Array(Hint),
});
export type BatchHistory = Static<typeof BatchHistory>;

/** An error in a batch's output that points at a line of a file, as for an editor's list of problems. */
export const Problem = Type.Object({
  file: Type.String({
    description:
      "as the traceback names it: an absolute path; of a JVM stack trace, which names no folders, the package's path and the file's name, com/example/Foo.scala",
  }),
  line: Type.Integer({ description: 'first line is 1' }),
  column: Type.Optional(Type.Integer({ description: 'first column is 1' })),
  endColumn: Type.Optional(Type.Integer()),
  message: Type.String({ description: 'the exception, one or a few lines' }),
  frames: Type.Array(Type.Object({ file: Type.String(), line: Type.Integer(), name: Type.String() }), {
    description: 'the calls that led there, outermost first',
  }),
});
export type Problem = Static<typeof Problem>;
