import type { Settings } from '../protocol/settings.ts';

/** Whoever followed a batch to its end still reads its last lines. Milliseconds. */
const recent = 5 * 60 * 1000;
const day = 24 * 60 * 60 * 1000;

/**
 * Which ended batches a policy lets go: the oldest first, those beyond the count, the age or the size.
 * What ended a few minutes ago is kept in any case.
 * @param ended the last to end first
 * @param now milliseconds since 1970
 */
export function outdated(
  ended: readonly { id: number; bytes: number; endedAt: number }[],
  policy: { [K in 'keepCount' | 'keepDays' | 'keepBytes']?: Settings[K] | undefined },
  now: number,
): number[] {
  const { keepCount = Infinity, keepDays = Infinity, keepBytes = Infinity } = policy;
  let bytes = 0;
  return ended
    .filter((batch, index) => {
      bytes += batch.bytes;
      const age = now - batch.endedAt;
      return age > recent && (index >= keepCount || age > keepDays * day || bytes > keepBytes);
    })
    .map(({ id }) => id);
}
