import type { DatabaseSync } from 'node:sqlite';

/** Has a table give out ids above this one, https://www.sqlite.org/autoinc.html */
export function countFrom(database: DatabaseSync, table: 'batches' | 'clusters', id: number): void {
  const last = database.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(table)?.['seq'];
  if (last === undefined) {
    database.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(table, id);
  } else if (Number(last) < id) {
    database.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(id, table);
  }
}
