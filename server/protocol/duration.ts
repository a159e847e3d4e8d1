import { Type } from 'typebox';

/** "90s", "30m", "12h", "7d", "2w". */
export const Duration = Type.String({
  pattern: '^[1-9]\\d{0,6}[smhdw]$',
  description: 'a time: 90s, 30m, 12h, 7d, 2w',
});

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 7 * 86_400 };

/** Seconds. */
export function secondsOf(duration: string): number {
  return Number.parseInt(duration, 10) * (units[duration.slice(-1)] ?? 1);
}
