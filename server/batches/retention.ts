import type { Settings } from '../protocol/settings.ts';

const day = 24 * 60 * 60 * 1000;

/**
 * Which ended batches a policy lets go: the oldest first, those beyond the count, the age or the size.
 * @param ended newest first
 * @param now milliseconds since 1970
 */
export function outdated(
  ended: readonly { id: number; bytes: number; endedAt: number }[],
  policy: Pick<Settings, 'keepCount' | 'keepDays' | 'keepBytes'>,
  now: number,
): number[] {
  const { keepCount = Infinity, keepDays = Infinity, keepBytes = Infinity } = policy;
  let bytes = 0;
  return ended
    .filter((batch, index) => {
      bytes += batch.bytes;
      return index >= keepCount || now - batch.endedAt > keepDays * day || bytes > keepBytes;
    })
    .map(({ id }) => id);
}
