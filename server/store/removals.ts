import type { DatabaseSync } from 'node:sqlite';

/**
 * Writes down that something was removed, as a part of that change: a row that is gone has no revision any more, so who
 * was away can only be told to read everything again.
 */
export function noteRemoval(database: DatabaseSync, revision: number): void {
  database
    .prepare(
      `INSERT INTO settings (key, value) VALUES ('removal', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    )
    .run(String(revision));
}

/** The revision of the last removal; 0 when there was none. */
export function lastRemoval(database: DatabaseSync): number {
  const row = database.prepare(`SELECT value FROM settings WHERE key = 'removal'`).get();
  return Number(row?.['value'] ?? 0);
}
