import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** More different texts than a table has are not expected; a text that is made up of many parts must not fill the memory. */
const mostKept = 100;

/** Prepared statements of a database by their text: to prepare one takes longer than to run it on a row. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #kept = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Not for `iterate`: a statement can't be run again before its rows are read. */
  get(sql: string): StatementSync {
    const known = this.#kept.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(sql, statement);
    return statement;
  }
}
