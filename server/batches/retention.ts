import type { Settings } from '../protocol/settings.ts';

/** Whoever followed a batch to its end still reads its last lines. Milliseconds. */
const recent = 5 * 60 * 1000;
const day = 24 * 60 * 60 * 1000;

/**
 * Which ended batches a policy lets go: the oldest first, those beyond the count, the age or the size.
 * What ended a few minutes ago is kept in any case.
 * @param ended the first to end first. It is read only as far as they are let go: where one is kept, all later ones are
 * @param sum of all of them
 * @param now milliseconds since 1970
 * @param most so many at once
 */
export function outdated(
  ended: Iterable<{ id: number; bytes: number; endedAt: number }>,
  sum: { count: number; bytes: number },
  policy: { [K in 'keepCount' | 'keepDays' | 'keepBytes']?: Settings[K] | undefined },
  now: number,
  most = Infinity,
): number[] {
  const { keepCount = Infinity, keepDays = Infinity, keepBytes = Infinity } = policy;
  const ids: number[] = [];
  /** This one and the later ones. */
  let { count, bytes } = sum;
  for (const batch of ended) {
    const age = now - batch.endedAt;
    const isOut = age > recent && (count > keepCount || age > keepDays * day || bytes > keepBytes);
    if (!isOut || ids.length >= most) break;
    ids.push(batch.id);
    count--;
    bytes -= batch.bytes;
  }
  return ids;
}
