import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { Value } from 'typebox/value';
import { Batch, type BatchRequest, type BatchState, type Transition } from '../protocol/batch.ts';
import { Runtime } from '../protocol/runtime.ts';
import { writeRow } from '../store/transact.ts';
import { countFrom } from '../store/countFrom.ts';
import type { Changes } from '../store/changes.ts';

/** A batch as written down: what clients see, and what the backend needs to start it and to find it again. */
export interface StoredBatch {
  batch: Batch;
  /** master URL, runtime and UI port that it is started with */
  master: string;
  runtime: Runtime;
  uiPort: number;
  /** how often a launch was tried, see process/launch.ts */
  attempt: number;
  /** its place among those that wait: the lower comes first */
  queueRank: number;
  idempotencyKey?: string;
}

export interface NewBatch {
  request: BatchRequest;
  name: string;
  cluster?: string;
  master: string;
  runtime: Runtime;
  uiPort: number;
  idempotencyKey?: string;
  rerunOf?: number;
}

export interface BatchChange {
  state?: BatchState;
  reason?: string;
  exitCode?: number;
  appId?: string;
  sparkUiUrl?: string | null;
  killRequestedAt?: number;
  attempt?: number;
  queueRank?: number;
  /** what its folder takes, once it has ended */
  bytes?: number;
}

/** The batches of a data folder. Ids are given once and never again. */
export class BatchTable {
  readonly #database: DatabaseSync;
  readonly #changes: Changes;
  readonly #folder: string;

  constructor(database: DatabaseSync, changes: Changes, folder: string) {
    this.#database = database;
    this.#changes = changes;
    this.#folder = folder;
  }

  find(id: number): StoredBatch | undefined {
    return this.#one('SELECT * FROM batches WHERE id = ?', id);
  }

  findByKey(idempotencyKey: string): StoredBatch | undefined {
    return this.#one('SELECT * FROM batches WHERE idempotency_key = ?', idempotencyKey);
  }

  /** The newest batch that ran as this application: a master that lost its state gives an id out again. */
  findByApplication(appId: string, cluster: string): StoredBatch | undefined {
    return this.#one(
      'SELECT * FROM batches WHERE app_id = ? AND cluster = ? ORDER BY id DESC',
      appId,
      cluster,
    );
  }

  /** Newest first, at most `limit`, below the id `before`. */
  list(options: { limit: number; before?: number; states?: readonly BatchState[] }): StoredBatch[] {
    const states = options.states ?? [];
    const among = states.length > 0 ? `AND state IN (${states.map(() => '?').join(', ')})` : '';
    return this.#database
      .prepare(`SELECT * FROM batches WHERE id < ? ${among} ORDER BY id DESC LIMIT ?`)
      .all(options.before ?? Number.MAX_SAFE_INTEGER, ...states, options.limit)
      .map(row => this.#toStored(row));
  }

  count(): number {
    return Number(this.#database.prepare('SELECT count(*) AS n FROM batches').get()?.['n']);
  }

  /** Those that wait to be launched, first come first. */
  queue(): StoredBatch[] {
    return this.#database
      .prepare(`SELECT * FROM batches WHERE state = 'not_started' ORDER BY queue_rank, id`)
      .all()
      .map(row => this.#toStored(row));
  }

  /** Ended batches and what their folders take, newest first. */
  ended(): { id: number; bytes: number; endedAt: number }[] {
    return this.#database
      .prepare(
        `SELECT id, coalesce(bytes, 0) AS bytes, transitions ->> '$[#-1].at' AS endedAt FROM batches
         WHERE state IN ('success', 'dead', 'killed') ORDER BY id DESC`,
      )
      .all()
      .map(row => ({ id: Number(row['id']), bytes: Number(row['bytes']), endedAt: Number(row['endedAt']) }));
  }

  unfinished(): StoredBatch[] {
    return this.list({ limit: -1, states: ['not_started', 'starting', 'running'] }).toReversed();
  }

  add(batch: NewBatch): StoredBatch {
    const first: Transition = { state: 'not_started', at: Date.now() };
    const row = writeRow(
      this.#database,
      `INSERT INTO batches
          (name, request, idempotency_key, cluster, master, runtime, state, transitions, ui_port, rerun_of, queue_rank, revision)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(queue_rank), 0) + 1 FROM batches), ?) RETURNING *`,
      [
        batch.name,
        JSON.stringify(batch.request),
        batch.idempotencyKey ?? null,
        batch.cluster ?? null,
        batch.master,
        JSON.stringify(batch.runtime),
        first.state,
        JSON.stringify([first]),
        batch.uiPort,
        batch.rerunOf ?? null,
        this.#changes.next(),
      ],
    );
    const stored = this.#toStored(row);
    this.#changes.announce('batch', stored.batch.id);
    return stored;
  }

  /** Writes what changed and tells it. A new state gets its time. */
  update(id: number, change: BatchChange): StoredBatch {
    const old = this.find(id);
    if (!old) throw new Error(`batch ${id} is not there`);
    const { transitions } = old.batch;
    const columns: [string, SQLInputValue][] = [['revision', this.#changes.next()]];
    if (change.state) {
      const next: Transition[] = [...transitions, { state: change.state, at: Date.now() }];
      columns.push(['state', change.state], ['transitions', JSON.stringify(next)]);
    }
    if (change.reason !== undefined) columns.push(['reason', change.reason]);
    if (change.exitCode !== undefined) columns.push(['exit_code', change.exitCode]);
    if (change.appId !== undefined) columns.push(['app_id', change.appId]);
    if (change.sparkUiUrl !== undefined) columns.push(['ui_url', change.sparkUiUrl]);
    if (change.killRequestedAt !== undefined) columns.push(['kill_requested_at', change.killRequestedAt]);
    if (change.attempt !== undefined) columns.push(['attempt', change.attempt]);
    if (change.queueRank !== undefined) columns.push(['queue_rank', change.queueRank]);
    if (change.bytes !== undefined) columns.push(['bytes', change.bytes]);
    const row = writeRow(
      this.#database,
      `UPDATE batches SET ${columns.map(([name]) => `${name} = ?`).join(', ')} WHERE id = ? RETURNING *`,
      [...columns.map(([, value]) => value), id],
    );
    this.#changes.announce('batch', id);
    return this.#toStored(row);
  }

  /** Puts a batch back under its old id, from the record beside its logs. */
  restore(stored: StoredBatch): void {
    const { batch } = stored;
    this.#database
      .prepare(
        `INSERT INTO batches
          (id, name, request, idempotency_key, cluster, master, runtime, state, transitions, reason, exit_code, app_id,
           ui_port, kill_requested_at, rerun_of, attempt, queue_rank, revision)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        batch.id,
        batch.name,
        JSON.stringify(batch.request),
        stored.idempotencyKey ?? null,
        batch.cluster ?? null,
        stored.master,
        JSON.stringify(stored.runtime),
        batch.state,
        JSON.stringify(batch.transitions),
        batch.reason ?? null,
        batch.exitCode ?? null,
        batch.appId ?? null,
        stored.uiPort,
        batch.killRequestedAt ?? null,
        batch.rerunOf ?? null,
        stored.attempt,
        stored.queueRank,
        this.#changes.next(),
      );
  }

  /** The next id is above this one. */
  countFrom(id: number): void {
    countFrom(this.#database, 'batches', id);
  }

  remove(id: number): void {
    this.#database.prepare('DELETE FROM batches WHERE id = ?').run(id);
    this.#changes.next();
    this.#changes.announce('batch', id);
  }

  #one(sql: string, ...values: SQLInputValue[]): StoredBatch | undefined {
    const row = this.#database.prepare(sql).get(...values);
    return row && this.#toStored(row);
  }

  #toStored(row: Record<string, SQLOutputValue>): StoredBatch {
    const optional = (key: string, column: string): Record<string, SQLOutputValue> =>
      row[column] === null || row[column] === undefined ? {} : { [key]: row[column] };
    const id = Number(row['id']);
    return {
      batch: Value.Parse(Batch, {
        id,
        name: row['name'],
        request: JSON.parse(String(row['request'])),
        ...optional('cluster', 'cluster'),
        master: row['master'],
        state: row['state'],
        transitions: JSON.parse(String(row['transitions'])),
        ...optional('reason', 'reason'),
        ...optional('exitCode', 'exit_code'),
        ...optional('appId', 'app_id'),
        ...optional('sparkUiUrl', 'ui_url'),
        ...optional('killRequestedAt', 'kill_requested_at'),
        ...optional('rerunOf', 'rerun_of'),
        folder: join(this.#folder, String(id)),
        revision: row['revision'],
      }),
      master: String(row['master']),
      runtime: Value.Parse(Runtime, JSON.parse(String(row['runtime']))),
      uiPort: Number(row['ui_port']),
      attempt: Number(row['attempt']),
      queueRank: Number(row['queue_rank']),
      ...(row['idempotency_key'] !== null && { idempotencyKey: String(row['idempotency_key']) }),
    };
  }
}
