import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { messageOf } from '../protocol/errors.ts';

/**
 * Runs statements as one change that is on the disk when this returns, or not made at all. Always explicit: a statement
 * with RETURNING commits when it is reset, and node:sqlite then says nothing of a failure, such as a full disk.
 */
export function transact<T>(database: DatabaseSync, change: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = change();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Runs a statement with RETURNING as such a change, and gives the row. @throws when no row was changed */
export function writeRow(
  database: DatabaseSync,
  sql: string,
  values: readonly SQLInputValue[],
): Record<string, SQLOutputValue> {
  const row = transact(database, () => database.prepare(sql).get(...values));
  if (!row) throw new Error(`nothing was changed by: ${sql}`);
  return row;
}

/** SQLite has rolled back by itself after some failures, a full disk among them; a second time is an error. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch (error) {
    if (!messageOf(error).includes('no transaction is active')) throw error;
  }
}
