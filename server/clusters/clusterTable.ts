import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { Value } from 'typebox/value';
import { Cluster, ClusterSpec, type ClusterState } from '../protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import { Runtime } from '../protocol/runtime.ts';
import { isDiskFull } from '../store/database.ts';
import { highestNumber, readRecords, writeRecord } from '../store/records.ts';
import { noteRemoval } from '../store/removals.ts';
import { transact } from '../store/transact.ts';
import { countFrom } from '../store/countFrom.ts';
import type { Changes } from '../store/changes.ts';

const keptStarts = 1000;
/** How fast a machine is changes, and a median of few is enough. */
const startsThatCount = 9;

/** A change of state states the reason anew: without one it has none. The rest stays as it is unless it is named. */
export interface ClusterChange {
  state: ClusterState;
  reason?: string | undefined;
  notice?: string | undefined;
  expiresAt?: number;
  spec?: ClusterSpec;
  masterUrl?: string;
  uiUrl?: string;
  secured?: boolean;
}

/**
 * The clusters of a data folder: a row each in the database, which is what counts, and a copy beside their logs, from
 * which a damaged database is made anew. Every change can throw SparkdeckError disk.full.
 */
export class ClusterTable {
  /** Where each has a folder of its number. */
  readonly parent: string;
  readonly #database: DatabaseSync;
  readonly #changes: Changes;
  readonly #log: (line: string) => void;

  constructor(database: DatabaseSync, changes: Changes, folder: string, log: (line: string) => void) {
    this.parent = folder;
    this.#database = database;
    this.#changes = changes;
    this.#log = log;
  }

  folder(cluster: Cluster): string {
    return join(this.parent, String(cluster.id));
  }

  all(): Cluster[] {
    return this.#database.prepare('SELECT * FROM clusters ORDER BY name').all().map(toCluster);
  }

  find(name: string): Cluster | undefined {
    const row = this.#database.prepare('SELECT * FROM clusters WHERE name = ?').get(name);
    return row && toCluster(row);
  }

  /** Adds a cluster that starts, in the place of an old one of its name: row and copy, or neither. The caller announces it. */
  add(
    spec: ClusterSpec,
    runtime: Runtime,
    options: { old?: Cluster | undefined; team?: string | undefined } = {},
  ): Cluster {
    const { old, team } = options;
    const now = Date.now();
    let folder: string | undefined;
    try {
      return this.#write(() => {
        if (old) {
          this.#database.prepare('DELETE FROM clusters WHERE id = ?').run(old.id);
          noteRemoval(this.#database, this.#changes.next());
        }
        const row = this.#database
          .prepare(
            `INSERT INTO clusters (name, spec, team, state, created_at, expires_at, runtime, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
          )
          .get(
            spec.name,
            JSON.stringify(spec),
            team ?? null,
            'starting' satisfies ClusterState,
            now,
            spec.ttl === undefined ? null : now + spec.ttl * 1000,
            JSON.stringify(runtime),
            this.#changes.next(),
          );
        if (!row) throw new Error(`the cluster "${spec.name}" was not added`);
        const added = toCluster(row);
        folder = this.folder(added);
        writeRecord(folder, added);
        return added;
      });
    } catch (error) {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  update(cluster: Cluster, change: ClusterChange): Cluster {
    const { reason: _reason, notice: oldNotice, ...kept } = cluster;
    const { reason, notice: newNotice, ...changed } = change;
    const notice = 'notice' in change ? newNotice : oldNotice;
    const next: Cluster = {
      ...kept,
      ...changed,
      ...(reason !== undefined && { reason }),
      ...(notice !== undefined && { notice }),
      revision: this.#changes.next(),
    };
    this.#write(() =>
      this.#database
        .prepare(
          `UPDATE clusters SET state = ?, reason = ?, notice = ?, expires_at = ?, spec = ?, master_url = ?, ui_url = ?,
           secured = ?, revision = ? WHERE id = ?`,
        )
        .run(
          next.state,
          next.reason ?? null,
          next.notice ?? null,
          next.expiresAt ?? null,
          JSON.stringify(next.spec),
          next.masterUrl ?? null,
          next.uiUrl ?? null,
          Number(next.secured ?? false),
          next.revision,
          next.id,
        ),
    );
    this.#record(next);
    this.#changes.announce('cluster', next.id);
    return next;
  }

  /** Fills an empty table from the copies. */
  restore(): void {
    // The newest first: of those of one name it is the one that counts.
    for (const { id, record } of [...readRecords(this.parent)].toSorted((a, b) => b.id - a.id)) {
      if (Value.Check(Cluster, record) && record.id === id) this.#restore(record);
    }
  }

  /** A number that has a folder is not given again. */
  countFromFolders(): void {
    countFrom(this.#database, 'clusters', highestNumber(this.parent));
  }

  remove(cluster: Cluster): void {
    this.#write(() => {
      this.#database.prepare('DELETE FROM clusters WHERE id = ?').run(cluster.id);
      noteRemoval(this.#database, this.#changes.next());
    });
    this.#changes.announce('cluster', cluster.id);
  }

  /** Keeps how long a start took, in milliseconds; of so many starts, the last. */
  noteStart(workers: number, took: number): void {
    this.#write(() => {
      this.#database.prepare('INSERT INTO cluster_starts (workers, took) VALUES (?, ?)').run(workers, took);
      this.#database
        .prepare('DELETE FROM cluster_starts WHERE id <= (SELECT max(id) FROM cluster_starts) - ?')
        .run(keptStarts);
    });
  }

  /** How long starts took, in milliseconds, the newest first; of clusters with so many workers when it is said. */
  starts(workers?: number): number[] {
    const among = workers === undefined ? '' : 'WHERE workers = ?';
    return this.#database
      .prepare(`SELECT took FROM cluster_starts ${among} ORDER BY id DESC LIMIT ?`)
      .all(...(workers === undefined ? [] : [workers]), startsThatCount)
      .map(row => Number(row['took']));
  }

  #write<T>(change: () => T): T {
    try {
      return transact(this.#database, change);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      throw new SparkdeckError(
        'disk.full',
        `The disk of ${this.parent} is full, so this could not be written down. Free some space, then try again.`,
        { cause: error },
      );
    }
  }

  /** On a full disk the copy stays behind. */
  #record(cluster: Cluster): void {
    try {
      writeRecord(this.folder(cluster), cluster);
    } catch (error) {
      this.#log(`the record of the cluster ${cluster.spec.name} can't be written: ${messageOf(error)}`);
    }
  }

  #restore(cluster: Cluster): void {
    this.#database
      .prepare(
        `INSERT OR IGNORE INTO clusters (id, name, spec, team, state, reason, notice, created_at, expires_at, runtime, master_url,
           ui_url, secured, revision)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        cluster.id,
        cluster.spec.name,
        JSON.stringify(cluster.spec),
        cluster.team ?? null,
        cluster.state,
        cluster.reason ?? null,
        cluster.notice ?? null,
        cluster.createdAt,
        cluster.expiresAt ?? null,
        cluster.runtime ? JSON.stringify(cluster.runtime) : null,
        cluster.masterUrl ?? null,
        cluster.uiUrl ?? null,
        Number(cluster.secured ?? false),
        this.#changes.next(),
      );
  }
}

function toCluster(row: Record<string, SQLOutputValue>): Cluster {
  return Value.Parse(Cluster, {
    id: row['id'],
    spec: Value.Parse(ClusterSpec, JSON.parse(String(row['spec']))),
    ...(row['team'] !== null && { team: row['team'] }),
    state: row['state'],
    ...(row['reason'] !== null && { reason: row['reason'] }),
    ...(row['notice'] !== null && { notice: row['notice'] }),
    createdAt: row['created_at'],
    ...(row['expires_at'] !== null && { expiresAt: row['expires_at'] }),
    ...(row['runtime'] !== null && { runtime: Value.Parse(Runtime, JSON.parse(String(row['runtime']))) }),
    ...(row['master_url'] !== null && { masterUrl: row['master_url'] }),
    ...(row['ui_url'] !== null && { uiUrl: row['ui_url'] }),
    ...(row['secured'] === 1 && { secured: true }),
    revision: row['revision'],
  });
}
