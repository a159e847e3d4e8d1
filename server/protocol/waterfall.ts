import type { TimingStep } from './timing.ts';

/** A step in a drawing of where the time went. Times in milliseconds. */
export interface WaterfallRow {
  step: TimingStep['step'];
  /** From the first step on. */
  since: number;
  /** From the step before on; undefined for the first. */
  took: number | undefined;
  /** Blanks, and blocks for the time from the step before on: all of it is as wide as the whole time is long. */
  bar: string;
}

/**
 * Apart from the schemas, so that the editor can draw without loading TypeBox.
 * @param steps by time @param width of the drawing, in characters
 */
export function waterfall(steps: readonly TimingStep[], width: number): WaterfallRow[] {
  const began = steps[0]?.at ?? 0;
  const whole = (steps.at(-1)?.at ?? 0) - began;
  const cell = (since: number): number => (whole === 0 ? 0 : Math.round((since / whole) * width));
  return steps.map(({ step, at }, index) => {
    const before = steps[index - 1];
    if (!before) return { step, since: 0, took: undefined, bar: '' };
    const from = cell(before.at - began);
    const blocks = cell(at - began) - from;
    // What is too short for a block still has its place.
    const bar =
      blocks > 0 ? ' '.repeat(from) + '█'.repeat(blocks) : ' '.repeat(Math.min(from, width - 1)) + '▏';
    return { step, since: at - began, took: at - before.at, bar };
  });
}
