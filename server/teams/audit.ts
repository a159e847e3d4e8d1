import type { DatabaseSync } from 'node:sqlite';
import { Value } from 'typebox/value';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import { AuditEntry } from '../protocol/team.ts';
import type { Identity } from './identity.ts';

/** So many entries are kept, the newest: the table doesn't grow for ever. */
const kept = 100_000;

/** The record of who did what, whether it was done or refused. */
export class Audit {
  readonly #database: DatabaseSync;
  readonly #log: (line: string) => void;

  constructor(database: DatabaseSync, log: (line: string) => void) {
    this.#database = database;
    this.#log = log;
  }

  /**
   * Does something, and writes down that it was done, or why not.
   * @param subjectOf what it was done to, when that is known by the result alone
   */
  async record<T>(
    identity: Identity,
    action: string,
    subject: string | undefined,
    act: () => Promise<T> | T,
    subjectOf?: (result: T) => string,
  ): Promise<T> {
    try {
      const result = await act();
      this.#write(identity, action, subjectOf?.(result) ?? subject, 'done');
      return result;
    } catch (error) {
      this.#write(identity, action, subject, error instanceof SparkdeckError ? error.code : 'internal');
      throw error;
    }
  }

  /** Newest first, below the id `before`; of one team when it is named. */
  list(options: {
    limit?: number | undefined;
    before?: number | undefined;
    team?: string | undefined;
  }): AuditEntry[] {
    const { limit = 100, before = Number.MAX_SAFE_INTEGER, team } = options;
    return this.#database
      .prepare(
        `SELECT * FROM audit WHERE id < ? ${team === undefined ? '' : 'AND team = ?'} ORDER BY id DESC LIMIT ?`,
      )
      .all(...(team === undefined ? [before, limit] : [before, team, limit]))
      .map(row =>
        Value.Parse(
          AuditEntry,
          Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
        ),
      );
  }

  /** What was done is done: on a full disk the log alone tells of it. */
  #write(identity: Identity, action: string, subject: string | undefined, outcome: string): void {
    try {
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO audit (at, who, team, action, subject, outcome) VALUES (?, ?, ?, ?, ?, ?)')
        .run(Date.now(), identity.who, identity.team ?? null, action, subject ?? null, outcome);
      if (Number(lastInsertRowid) % 1000 === 0) {
        this.#database.prepare('DELETE FROM audit WHERE id <= ?').run(Number(lastInsertRowid) - kept);
      }
    } catch (error) {
      this.#log(
        `not in the audit record (${messageOf(error)}): ${identity.who} ${action} ${subject ?? ''} ${outcome}`,
      );
    }
  }
}
