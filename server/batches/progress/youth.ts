import type { Batch } from '../../protocol/batch.ts';

/**
 * Whether a batch has run for so short a time that its driver is to be left alone. The first answer costs a driver up to
 * three seconds of CPU, which in this time it needs for its start. Of jobs and stages its event log tells, of tasks only
 * when a stage ends.
 */
export function isYoung({ transitions }: Pick<Batch, 'transitions'>): boolean {
  // The clock may have been moved.
  return Math.abs(Date.now() - (transitions.at(-1)?.at ?? 0)) < youth;
}

/** Milliseconds. */
const youth = 5000;
