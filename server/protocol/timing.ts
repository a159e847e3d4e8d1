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

/** The steps of a batch from the submit to its end, in the order they come. */
export const timingSteps = [
  'accepted',
  'launched',
  'submitted',
  'context',
  'executor',
  'firstTask',
  'lastTask',
  'contextEnd',
  'exit',
  'told',
] as const;

export const TimingStep = Type.Object({
  step: Type.Enum([...timingSteps]),
  at: Type.Integer({ description: 'milliseconds since 1970' }),
});
export type TimingStep = Static<typeof TimingStep>;

/** Where the time of a batch went. Steps that it didn't come to are absent. */
export const BatchTiming = Type.Object({
  way: Type.Optional(StartWay),
  steps: Type.Array(TimingStep),
});
export type BatchTiming = Static<typeof BatchTiming>;
