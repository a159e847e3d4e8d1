import type { DatabaseSync } from 'node:sqlite';
import { Value } from 'typebox/value';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import { AuditEntry } from '../protocol/team.ts';
import { redactText } from '../redaction/redactText.ts';
import type { Identity } from './identity.ts';

/** So many entries are kept: the table doesn't grow for ever. */
const usuallyKept = 100_000;
/** So often it is looked whether there are more. */
const pruneInterval = 1000;
/** Of one caller, so many refusals are written down one by one. */
const refusalsAnHour = 100;
const hour = 3_600_000;
/** What is longer is cut, in characters. */
const longestSubject = 2000;

/** The record of who did what, whether it was done or refused. */
export class Audit {
  readonly #database: DatabaseSync;
  readonly #log: (line: string) => void;
  readonly #kept: number;
  readonly #now: () => number;
  /** Refusals of this hour, by who was refused. */
  #refusals = { hour: 0, counts: new Map<string, number>() };

  constructor(
    database: DatabaseSync,
    log: (line: string) => void,
    { kept = usuallyKept, now = Date.now }: { kept?: number; now?: () => number } = {},
  ) {
    this.#database = database;
    this.#log = log;
    this.#kept = kept;
    this.#now = now;
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
      this.#writeRefusal(
        identity,
        action,
        subject,
        error instanceof SparkdeckError ? error.code : 'internal',
      );
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

  /** Who asks in vain over and over fills neither the record nor the disk's time. */
  #writeRefusal(identity: Identity, action: string, subject: string | undefined, outcome: string): void {
    const now = Math.floor(this.#now() / hour);
    if (this.#refusals.hour !== now) this.#refusals = { hour: now, counts: new Map() };
    const { counts } = this.#refusals;
    const count = (counts.get(identity.who) ?? 0) + 1;
    counts.set(identity.who, count);
    if (count > refusalsAnHour) return;
    const rest = count < refusalsAnHour ? [] : ['(what follows in this hour is in the log alone)'];
    const words = [...(subject === undefined ? [] : [subject]), ...rest];
    this.#write(identity, action, words.length > 0 ? words.join(' ') : undefined, outcome);
  }

  /** What was done is done: on a full disk the log alone tells of it. */
  #write(identity: Identity, action: string, subject: string | undefined, outcome: string): void {
    const shown = subject === undefined ? undefined : redactText(subject).text;
    try {
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO audit (at, who, team, action, subject, outcome) VALUES (?, ?, ?, ?, ?, ?)')
        .run(
          this.#now(),
          identity.who,
          identity.team ?? null,
          action,
          shown?.slice(0, longestSubject) ?? null,
          outcome,
        );
      if (Number(lastInsertRowid) % pruneInterval === 0) this.#prune();
    } catch (error) {
      this.#log(
        `not in the audit record (${messageOf(error)}): ${identity.who} ${action} ${shown ?? ''} ${outcome}`,
      );
    }
  }

  /** Lets the oldest go of whoever has the most, so that nobody can have it forget the others. */
  #prune(): void {
    const row = this.#database.prepare('SELECT count(*) AS n FROM audit').get();
    const excess = Number(row?.['n']) - this.#kept;
    if (excess <= 0) return;
    this.#database
      .prepare(
        `DELETE FROM audit WHERE id IN (
           SELECT id FROM audit WHERE who = (SELECT who FROM audit GROUP BY who ORDER BY count(*) DESC LIMIT 1)
           ORDER BY id LIMIT ?)`,
      )
      .run(excess);
  }
}
