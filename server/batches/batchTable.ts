import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Batch, BatchRequest, BatchState, Transition } from '../protocol/batch.ts';
import type { Runtime } from '../protocol/runtime.ts';
import type { Usage } from '../protocol/team.ts';
import type { Changes } from '../store/changes.ts';
import { countFrom } from '../store/countFrom.ts';
import { highestNumber, readRecords, recordFile, writeRecord, writeSecrets } from '../store/records.ts';
import { noteRemoval } from '../store/removals.ts';
import { Statements } from '../store/statements.ts';
import { transact } from '../store/transact.ts';
import { joinRecord, splitRecord } from './recordSecrets.ts';
import { bounded, fromRow, isStoredBatch, toColumns, type Demand, type StoredBatch } from './storedBatch.ts';

export interface NewBatch {
  request: BatchRequest;
  name: string;
  team?: string;
  cluster?: string;
  master: string;
  runtime: Runtime;
  uiPort: number;
  idempotencyKey?: string;
  /** By which it is recognised that another request comes with the same key. */
  asked?: string;
  rerunOf?: number;
  demand?: Demand;
}

/** Which batches: those of a team, of a cluster, or all. */
export interface BatchPage {
  from: number;
  size: number;
  team?: string | undefined;
  cluster?: string | undefined;
}

export interface Glance {
  team?: string;
  /** Its place in the queue changes without its revision. */
  waits: boolean;
  revision: number;
}

export interface BatchList {
  limit: number;
  before?: number;
  states?: readonly BatchState[];
  team?: string | undefined;
}

export interface BatchChange {
  state?: BatchState;
  reason?: string;
  exitCode?: number;
  appId?: string;
  sparkUiUrl?: string | undefined;
  killRequestedAt?: number;
  master?: string;
  attempt?: number;
}

/**
 * The batches of a data folder: a row each in the database, which is what counts, and a copy beside their logs, from
 * which a damaged database is made anew. Ids are given once and never again.
 */
export class BatchTable {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #changes: Changes;
  readonly #folder: string;
  readonly #log: (line: string) => void;

  constructor(database: DatabaseSync, changes: Changes, folder: string, log: (line: string) => void) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#changes = changes;
    this.#folder = folder;
    this.#log = log;
  }

  find(id: number): StoredBatch | undefined {
    return this.#read('SELECT * FROM batches WHERE id = ?', id)[0];
  }

  findByKey(idempotencyKey: string): StoredBatch | undefined {
    return this.#read('SELECT * FROM batches WHERE idempotency_key = ?', idempotencyKey)[0];
  }

  /** The newest batch that ran as this application: a master that lost its state gives an id out again. */
  findByApplication(appId: string, place: { cluster: string } | { master: string }): StoredBatch | undefined {
    const [column, value] =
      'cluster' in place ? ['cluster', place.cluster] : ['cluster IS NULL AND master', place.master];
    const sql = `SELECT * FROM batches WHERE app_id = ? AND ${column} = ? ORDER BY id DESC LIMIT 1`;
    return this.#read(sql, appId, value)[0];
  }

  /** Newest first, at most `limit`, below the id `before`; of one team when it is named. */
  list(options: BatchList): StoredBatch[] {
    return this.listWithin(Infinity, options).found;
  }

  /** The same, until the rows have so many characters. `isShort` says that there are more. */
  listWithin(budget: number, options: BatchList): { found: StoredBatch[]; isShort: boolean } {
    const { limit, before = Number.MAX_SAFE_INTEGER } = options;
    const [ofTeam, ...team] = whose(options.team);
    const newest = `id < ? ${ofTeam} ORDER BY id DESC LIMIT ?`;
    if (!options.states || options.states.length === 0) {
      return this.#readWithin(budget, `SELECT * FROM batches WHERE ${newest}`, before, ...team, limit);
    }
    // Each state's by itself, as an index has them: those of several states together are in no index's order.
    const states = [...new Set(options.states)];
    const each = `SELECT id FROM (SELECT id FROM batches WHERE state = ? AND ${newest})`;
    return this.#readWithin(
      budget,
      `SELECT * FROM batches WHERE id IN (${states.map(() => each).join(' UNION ALL ')}) ORDER BY id DESC LIMIT ?`,
      ...states.flatMap(state => [state, before, ...team, limit]),
      limit,
    );
  }

  /**
   * Oldest first, from the one at this place of the whole list; and how many that list has.
   * @param budget so many characters of rows: with more the page is shorter
   */
  page(options: BatchPage, budget = Infinity): { total: number; found: StoredBatch[] } {
    const [ofTeam, ...team] = whose(options.team);
    const [onCluster, ...cluster] = where(options.cluster);
    const total = this.count(options.team, options.cluster);
    const size = Math.min(options.size, Math.max(0, total - options.from));
    // Those before the place are passed over one by one, so it is counted from the nearer end.
    const after = total - options.from - size;
    const isNearEnd = after < options.from;
    const { found } = this.#readWithin(
      budget,
      `SELECT * FROM batches WHERE id IN (
         SELECT id FROM batches WHERE true ${ofTeam} ${onCluster} ORDER BY id ${isNearEnd ? 'DESC' : ''} LIMIT ? OFFSET ?
       ) ORDER BY id`,
      ...team,
      ...cluster,
      size,
      isNearEnd ? after : options.from,
    );
    return { total, found };
  }

  /** The newest of that name. */
  findByName(
    name: string,
    options: { team?: string | undefined; cluster?: string | undefined },
  ): StoredBatch | undefined {
    const [ofTeam, ...team] = whose(options.team);
    const [onCluster, ...cluster] = where(options.cluster);
    return this.#read(
      `SELECT * FROM batches WHERE name = ? ${ofTeam} ${onCluster} ORDER BY id DESC LIMIT 1`,
      name,
      ...team,
      ...cluster,
    )[0];
  }

  /** The ids of those that changed after a revision, the first of them. The places of those that wait change without one. */
  changedSince(revision: number, limit: number, team?: string): number[] {
    const [ofTeam, ...values] = whose(team);
    return this.#statements
      .get(`SELECT id FROM batches WHERE revision > ? ${ofTeam} ORDER BY revision LIMIT ?`)
      .all(revision, ...values, limit)
      .map(row => Number(row['id']));
  }

  /** What tells whether a batch is as it was, without reading it whole. */
  glance(id: number): Glance | undefined {
    const row = this.#statements.get('SELECT team, state, revision FROM batches WHERE id = ?').get(id);
    return (
      row && {
        ...(row['team'] !== null && { team: String(row['team']) }),
        waits: row['state'] === 'not_started',
        revision: Number(row['revision']),
      }
    );
  }

  /** Undefined when there is no such batch; a batch of the owner's has no team. */
  whose(id: number): { team?: string } | undefined {
    const row = this.#statements.get('SELECT team FROM batches WHERE id = ?').get(id);
    return row && (row['team'] === null ? {} : { team: String(row['team']) });
  }

  count(team?: string, cluster?: string): number {
    const [ofTeam, ...own] = whose(team);
    const [onCluster, ...there] = where(cluster);
    const row = this.#statements
      .get(`SELECT total(n) AS n FROM batch_counts WHERE true ${ofTeam} ${onCluster}`)
      .get(...own, ...there);
    return Number(row?.['n']);
  }

  countByState(): Map<string, number> {
    const rows = this.#statements.get('SELECT state, total(n) AS n FROM batch_counts GROUP BY state').all();
    return new Map(rows.map(row => [String(row['state']), Number(row['n'])]));
  }

  /** What a team's batches take at the moment. */
  usage(team: string): Usage {
    const row = this.#statements
      .get(
        `SELECT count(*) AS batches, total(cores) AS cores, total(memory) AS memory
         FROM batches WHERE team = ? AND state IN ('starting', 'running')`,
      )
      .get(team);
    return {
      batches: Number(row?.['batches']),
      cores: Number(row?.['cores']),
      memory: Number(row?.['memory']),
    };
  }

  /** The first that waits, those of some teams passed over. */
  firstWaiting(except: readonly string[]): StoredBatch | undefined {
    const others =
      except.length > 0 ? `AND (team IS NULL OR team NOT IN (${except.map(() => '?').join(', ')}))` : '';
    const rows = this.#database
      .prepare(`SELECT * FROM batches WHERE state = 'not_started' ${others} ORDER BY queue_rank, id`)
      .iterate(...except);
    for (const row of rows) {
      const [first] = this.#convert(row);
      if (first) return first;
    }
    return undefined;
  }

  unfinished(): StoredBatch[] {
    return this.list({ limit: -1, states: ['not_started', 'starting', 'running'] }).toReversed();
  }

  /** The ids of those that wait to be launched, first come first. */
  queue(): number[] {
    return this.#statements
      .get(`SELECT id FROM batches WHERE state = 'not_started' ORDER BY queue_rank, id`)
      .all()
      .map(row => Number(row['id']));
  }

  /** Puts the queue into this order. */
  reorder(queue: readonly number[]): void {
    transact(this.#database, () => {
      const statement = this.#statements.get('UPDATE batches SET queue_rank = ? WHERE id = ?');
      for (const [index, id] of queue.entries()) statement.run(index, id);
    });
  }

  /** How many batches have ended, and what their folders take. */
  sumOfEnded(): { count: number; bytes: number } {
    const row = this.#statements
      .get(`SELECT total(n) AS n, total(bytes) AS bytes FROM batch_counts WHERE ${hasEnded}`)
      .get();
    return { count: Number(row?.['n']), bytes: Number(row?.['bytes']) };
  }

  /** Each of them, the first to end first, read one by one. Nothing may be written meanwhile. */
  *ended(): Generator<{ id: number; bytes: number; endedAt: number }> {
    const rows = this.#database
      .prepare(
        `SELECT id, ifnull(bytes, 0) AS bytes, ${endedAt} AS endedAt FROM batches INDEXED BY batches_by_end
         WHERE ${hasEnded} ORDER BY ${endedAt}, id`,
      )
      .iterate();
    for (const row of rows) {
      yield { id: Number(row['id']), bytes: Number(row['bytes']), endedAt: Number(row['endedAt']) };
    }
  }

  /** Ended batches whose folder wasn't tidied up: the backend was killed before. */
  untidy(): StoredBatch[] {
    return this.#read(
      `SELECT * FROM batches INDEXED BY batches_untidy WHERE bytes IS NULL AND ${hasEnded} ORDER BY id`,
    );
  }

  /** What a tidied folder takes. */
  setBytes(id: number, bytes: number): void {
    this.#statements.get('UPDATE batches SET bytes = ? WHERE id = ?').run(bytes, id);
  }

  /** Row and copy, or neither. @param prepare fills its folder before that */
  add(batch: NewBatch, prepare?: (folder: string) => void): StoredBatch {
    const first: Transition = { state: 'not_started', at: Date.now() };
    const stored = transact(this.#database, () => {
      const { id, rank } = this.#next();
      const next: StoredBatch = {
        batch: {
          id,
          name: batch.name,
          request: batch.request,
          ...(batch.team !== undefined && { team: batch.team }),
          ...(batch.cluster !== undefined && { cluster: batch.cluster }),
          master: batch.master,
          state: first.state,
          transitions: [first],
          ...(batch.rerunOf !== undefined && { rerunOf: batch.rerunOf }),
          folder: join(this.#folder, String(id)),
          revision: this.#changes.next(),
        },
        master: batch.master,
        runtime: batch.runtime,
        uiPort: batch.uiPort,
        attempt: 0,
        queueRank: rank,
        ...(batch.idempotencyKey !== undefined && { idempotencyKey: batch.idempotencyKey }),
        ...(batch.asked !== undefined && { asked: batch.asked }),
        ...(batch.demand && { demand: bounded(batch.demand) }),
      };
      this.#insert(next);
      prepare?.(next.batch.folder);
      const { record, secrets } = splitRecord(next);
      if (secrets) writeSecrets(next.batch.folder, secrets);
      writeRecord(next.batch.folder, record);
      return next;
    });
    this.#changes.announce('batch', stored.batch.id);
    return stored;
  }

  /** Writes what changed and tells it. A new state gets its time. */
  update(id: number, change: BatchChange): StoredBatch {
    const old = this.find(id);
    if (!old) throw new Error(`batch ${id} is not there`);
    const { state, attempt, master, sparkUiUrl, ...visible } = change;
    const { sparkUiUrl: oldUrl, transitions, ...kept } = old.batch;
    const url = 'sparkUiUrl' in change ? sparkUiUrl : oldUrl;
    const batch: Batch = {
      ...kept,
      ...visible,
      transitions: state ? [...transitions, { state, at: Date.now() }] : transitions,
      ...(state && { state }),
      ...(url !== undefined && { sparkUiUrl: url }),
      ...(master !== undefined && { master }),
      revision: this.#changes.next(),
    };
    const next: StoredBatch = {
      ...old,
      batch,
      attempt: attempt ?? old.attempt,
      master: master ?? old.master,
    };
    const columns = { ...toColumns(next), revision: batch.revision };
    transact(this.#database, () =>
      this.#statements
        .get(
          `UPDATE batches SET ${Object.keys(columns)
            .map(name => `${name} = ?`)
            .join(', ')} WHERE id = ?`,
        )
        .run(...Object.values(columns), id),
    );
    if (state || attempt !== undefined || change.killRequestedAt !== undefined) this.#record(next);
    this.#changes.announce('batch', id);
    return next;
  }

  /** Fills an empty table from the copies. One transaction of the caller's. */
  restore(): void {
    for (const { id, record, secrets } of readRecords(this.#folder)) {
      const whole = joinRecord(record, secrets);
      if (whole?.batch.id !== id || this.find(id)) continue;
      const batch = { ...whole.batch, revision: this.#changes.next() };
      this.#insert({ ...whole, batch });
    }
  }

  /** A number that has a folder is not given again. */
  countFromFolders(): void {
    countFrom(this.#database, 'batches', highestNumber(this.#folder));
  }

  /** The copies first: a restore doesn't bring back what was removed. */
  remove(ids: readonly number[]): void {
    for (const id of ids) rmSync(recordFile(join(this.#folder, String(id))), { force: true });
    transact(this.#database, () => {
      const statement = this.#statements.get('DELETE FROM batches WHERE id = ?');
      for (const id of ids) statement.run(id);
      noteRemoval(this.#database, this.#changes.next());
    });
    for (const id of ids) this.#changes.announce('batch', id);
  }

  #next(): { id: number; rank: number } {
    const row = this.#statements
      .get(
        `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'batches'), 0) + 1 AS id,
                (SELECT coalesce(max(queue_rank), 0) + 1 FROM batches WHERE state = 'not_started') AS rank`,
      )
      .get();
    return { id: Number(row?.['id']), rank: Number(row?.['rank']) };
  }

  /** What couldn't be read again would hide itself, or all others with it. */
  #insert(stored: StoredBatch): void {
    const { id } = stored.batch;
    if (!isStoredBatch(stored)) throw new Error(`batch ${id} is not in its shape`);
    const columns: Record<string, SQLInputValue> = {
      id,
      ...toColumns(stored),
      revision: stored.batch.revision,
    };
    const names = Object.keys(columns);
    this.#statements
      .get(`INSERT INTO batches (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
      .run(...Object.values(columns));
  }

  /** On a full disk the copy stays behind; the row counts. */
  #record(stored: StoredBatch): void {
    try {
      writeRecord(stored.batch.folder, splitRecord(stored).record);
    } catch (error) {
      this.#log(`the record of batch ${stored.batch.id} can't be written: ${String(error)}`);
    }
  }

  /** A row that can't be read, of a version to come or damaged, hides itself alone. */
  #read(sql: string, ...values: SQLInputValue[]): StoredBatch[] {
    return this.#statements
      .get(sql)
      .all(...values)
      .flatMap(row => this.#convert(row));
  }

  #readWithin(
    budget: number,
    sql: string,
    ...values: SQLInputValue[]
  ): { found: StoredBatch[]; isShort: boolean } {
    const found: StoredBatch[] = [];
    let size = 0;
    for (const row of this.#database.prepare(sql).iterate(...values)) {
      size += sizeOf(row);
      // One is given, however large it is.
      if (size > budget && found.length > 0) return { found, isShort: true };
      for (const each of this.#convert(row)) found.push(each);
    }
    return { found, isShort: false };
  }

  #convert(row: Record<string, SQLOutputValue>): StoredBatch[] {
    try {
      return [fromRow(row, this.#folder)];
    } catch (error) {
      this.#log(String(error));
      return [];
    }
  }
}

/** As the index batches_by_end has them. */
const hasEnded = `state IN ('success', 'dead', 'killed')`;
const endedAt = `(CASE WHEN json_valid(transitions) THEN transitions ->> '$[#-1].at' END)`;
/** In characters. */
function sizeOf(row: Record<string, SQLOutputValue>): number {
  return Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? value.length : 8),
    0,
  );
}

/** A condition and its values. */
function whose(team: string | undefined): [condition: string, ...values: string[]] {
  return team === undefined ? [''] : ['AND team = ?', team];
}

function where(cluster: string | undefined): [condition: string, ...values: string[]] {
  return cluster === undefined ? [''] : ['AND cluster = ?', cluster];
}
