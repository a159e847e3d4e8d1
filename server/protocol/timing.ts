import { Type, type Static } from 'typebox';

/** How a batch's driver was started. */
export const StartWay = Type.Object({
  kind: Type.Enum(['plain', 'direct', 'warm'], {
    description:
      'by spark-submit, by the command that spark-submit makes in the end, or in a driver that was started before',
  }),
  archive: Type.Optional(Type.Boolean({ description: 'Whether the JVM had an archive of parsed classes.' })),
  why: Type.Optional(Type.String({ description: 'Why it was not a faster one.' })),
});
export type StartWay = Static<typeof StartWay>;

/** The steps of a batch from the submit to its end, in the order in which a driver that starts for it takes them. */
export const timingSteps = [
  'accepted',
  'launched',
  'submitted',
  'context',
  'contextUp',
  'executor',
  'firstTask',
  'lastTask',
  'contextEnd',
  'exit',
  'told',
] as const;

export const TimingStep = Type.Object({
  step: Type.Enum([...timingSteps], {
    description:
      'accepted: written down; launched: its process claimed the launch; submitted: the JVM is up and has read the arguments; ' +
      'context, contextUp: the SparkContext begins, and knows its block manager; executor: the first one besides the driver; ' +
      'firstTask: launched; lastTask: finished; contextEnd: the SparkContext begins to stop; exit: the exit code was written; ' +
      'told: the final state was written down',
  }),
  at: Type.Integer({ description: 'milliseconds since 1970' }),
});
export type TimingStep = Static<typeof TimingStep>;

/** Where the time of a batch went. Of several SparkContexts of one program it is the last. */
export const BatchTiming = Type.Object({
  way: Type.Optional(StartWay),
  steps: Type.Array(TimingStep, {
    description:
      'by time; without those that it did not come to, and those of an event log that is kept elsewhere or cannot be read',
  }),
});
export type BatchTiming = Static<typeof BatchTiming>;
