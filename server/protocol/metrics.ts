import { Type, type Static } from 'typebox';

/** Sums over tasks that have ended, the failed and killed ones among them. Times in milliseconds, sizes in bytes. */
export const TaskTotals = Type.Object({
  tasks: Type.Integer(),
  taskTime: Type.Integer({ description: 'from the launch of each task to its end' }),
  failedTime: Type.Integer({ description: 'of taskTime, that of tasks that failed' }),
  runTime: Type.Integer({ description: 'of taskTime, that in executors' }),
  cpuTime: Type.Integer({ description: "of runTime, the JVM's processor time; Python's is not in it" }),
  gcTime: Type.Integer({ description: 'of runTime, that in which the JVM collected garbage' }),
  fetchWaitTime: Type.Integer({ description: 'of runTime, that in which tasks waited for shuffled data' }),
  resultBytes: Type.Integer(),
  inputBytes: Type.Integer(),
  inputRecords: Type.Integer(),
  outputBytes: Type.Integer(),
  outputRecords: Type.Integer(),
  shuffleReadBytes: Type.Integer(),
  shuffleReadRecords: Type.Integer(),
  shuffleWriteBytes: Type.Integer(),
  shuffleWriteRecords: Type.Integer(),
  memorySpilled: Type.Integer({ description: 'what was spilled, as large as it was in memory' }),
  diskSpilled: Type.Integer({ description: 'what was spilled, as large as it was on disk' }),
  peakExecutionMemory: Type.Integer({ description: 'the most of any one task' }),
});
export type TaskTotals = Static<typeof TaskTotals>;

/** Of one figure over the tasks that succeeded. The median is known to within 5 %. */
export const Distribution = Type.Object({
  min: Type.Integer(),
  median: Type.Integer(),
  max: Type.Integer(),
  skew: Type.Optional(Type.Number({ description: 'max divided by median; absent when the median is 0' })),
});
export type Distribution = Static<typeof Distribution>;

/** Of one attempt of a stage. */
export const StageMetrics = Type.Object({
  ...TaskTotals.properties,
  cores: Type.Integer({ description: 'the most that the application had while tasks of it ended' }),
  duration: Type.Optional(Distribution),
  bytesRead: Type.Optional(Distribution),
});
export type StageMetrics = Static<typeof StageMetrics>;

/** Of a whole application, up to its last event. Core time is cores × time, in milliseconds. */
export const ApplicationMetrics = Type.Object({
  ...TaskTotals.properties,
  cores: Type.Integer({ description: 'the most that it had at once' }),
  wallTime: Type.Integer(),
  jobTime: Type.Integer({ description: 'of wallTime, that in which a Spark job ran' }),
  coreTime: Type.Integer({ description: 'of all executors, of which taskTime is what was used' }),
  jobCoreTime: Type.Integer({ description: 'of coreTime, that in which a Spark job ran' }),
});
export type ApplicationMetrics = Static<typeof ApplicationMetrics>;

/** In local mode it is the driver, which then runs the tasks. */
export const Executor = Type.Object({
  id: Type.String(),
  host: Type.String(),
  cores: Type.Integer(),
  addedAt: Type.Integer({ description: 'milliseconds since 1970' }),
  removedAt: Type.Optional(Type.Integer()),
  removedReason: Type.Optional(
    Type.String({ description: "in Spark's words; absent when it ended with the application" }),
  ),
  tasks: Type.Integer({ description: 'that have ended on it, well or not' }),
  failed: Type.Integer(),
  runTime: Type.Integer(),
  inputBytes: Type.Integer(),
});
export type Executor = Static<typeof Executor>;

export const hintKinds = [
  'skewed-stage',
  'few-partitions',
  'spill',
  'idle-cores',
  'driver-alone',
  'small-files',
  'small-partitions',
  'garbage-collection',
  'failed-tasks',
  'lost-executors',
] as const;

/** Something that made a batch slower than it had to be, in plain words. */
export const Hint = Type.Object({
  kind: Type.Enum([...hintKinds]),
  title: Type.String({ description: 'a few words' }),
  detail: Type.String({ description: 'a few sentences: the figures, and what to try' }),
  stageId: Type.Optional(Type.Integer()),
  figures: Type.Record(Type.String(), Type.Number(), {
    description: 'what it was concluded from; times in milliseconds, sizes in bytes, shares from 0 to 1',
  }),
});
export type Hint = Static<typeof Hint>;
