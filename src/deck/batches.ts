import type { Batch } from '../../server/protocol/batch.ts';
import { isTerminal } from '../../server/protocol/states.ts';

/** Both lists as one, newest first; of a batch that is in both, the later revision. */
export function mergeBatches(some: readonly Batch[], others: readonly Batch[]): readonly Batch[] {
  const byId = new Map(some.map(batch => [batch.id, batch]));
  for (const batch of others) {
    const known = byId.get(batch.id);
    if (!known || known.revision < batch.revision) byId.set(batch.id, batch);
  }
  return [...byId.values()].toSorted((a, b) => b.id - a.id);
}

/** The batch that the status bar tells of: the newest that runs, else the newest that waits. */
export function newestActive(batches: readonly Batch[]): Batch | undefined {
  const active = activeBatches(batches);
  return active.find(({ state }) => state !== 'not_started') ?? active.at(0);
}

/** Those that have not ended, newest first. */
export function activeBatches(batches: readonly Batch[]): readonly Batch[] {
  return batches.filter(batch => !isTerminal(batch.state)).toSorted((a, b) => b.id - a.id);
}

/** More drivers than this are not asked at once, however many are in view. */
const most = 25;

/** The batches whose live task counts somebody can see: the status bar's, and those of the jobs view while it is open. */
export function watchedBatches(
  batches: readonly Batch[],
  { jobsVisible }: { jobsVisible: boolean },
): number[] {
  const active = activeBatches(batches).filter(batch => batch.state !== 'not_started');
  return (jobsVisible ? active.slice(0, most) : active.slice(0, 1)).map(({ id }) => id);
}
