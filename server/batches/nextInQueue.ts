import type { BatchTable } from './batchTable.ts';
import type { StoredBatch } from './storedBatch.ts';

/**
 * The batch to be launched next: the first in the queue, unless its team has to wait until it has room for it. Then all of that team
 * waits, so that its large batches aren't overtaken for ever by its small ones, and others go on.
 */
export function nextInQueue(
  table: BatchTable,
  mustWait: (team: string, batch: StoredBatch) => boolean,
): StoredBatch | undefined {
  const full: string[] = [];
  for (;;) {
    const next = table.firstWaiting(full);
    const team = next?.batch.team;
    if (!next || team === undefined || !mustWait(team, next)) return next;
    full.push(team);
  }
}
