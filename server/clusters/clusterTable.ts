import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { Value } from 'typebox/value';
import { Cluster, ClusterSpec, type ClusterState } from '../protocol/cluster.ts';
import { Runtime } from '../protocol/runtime.ts';
import { writeRow } from '../store/transact.ts';
import { countFrom } from '../store/countFrom.ts';
import type { Changes } from '../store/changes.ts';

export type ClusterChange = Partial<Pick<Cluster, 'state' | 'reason' | 'runtime' | 'masterUrl' | 'uiUrl'>>;

/** The clusters of a data folder, as written down. */
export class ClusterTable {
  readonly #database: DatabaseSync;
  readonly #changes: Changes;

  constructor(database: DatabaseSync, changes: Changes) {
    this.#database = database;
    this.#changes = changes;
  }

  all(): Cluster[] {
    return this.#database.prepare('SELECT * FROM clusters ORDER BY name').all().map(toCluster);
  }

  find(name: string): Cluster | undefined {
    const row = this.#database.prepare('SELECT * FROM clusters WHERE name = ?').get(name);
    return row && toCluster(row);
  }

  add(spec: ClusterSpec, runtime: Runtime): Cluster {
    const row = writeRow(
      this.#database,
      `INSERT INTO clusters (name, spec, state, created_at, runtime, revision) VALUES (?, ?, ?, ?, ?, ?) RETURNING *`,
      [
        spec.name,
        JSON.stringify(spec),
        'starting' satisfies ClusterState,
        Date.now(),
        JSON.stringify(runtime),
        this.#changes.next(),
      ],
    );
    const cluster = toCluster(row);
    this.#changes.announce('cluster', cluster.id);
    return cluster;
  }

  update(cluster: Cluster, change: ClusterChange): Cluster {
    const next: Cluster = { ...cluster, ...change, revision: this.#changes.next() };
    this.#database
      .prepare(
        `UPDATE clusters SET state = ?, reason = ?, master_url = ?, ui_url = ?, revision = ? WHERE id = ?`,
      )
      .run(
        next.state,
        next.reason ?? null,
        next.masterUrl ?? null,
        next.uiUrl ?? null,
        next.revision,
        next.id,
      );
    this.#changes.announce('cluster', next.id);
    return next;
  }

  /** Puts a cluster back under its old id, from the record beside its logs. */
  restore(cluster: Cluster): void {
    this.#database
      .prepare(
        `INSERT OR IGNORE INTO clusters (id, name, spec, state, reason, created_at, runtime, master_url, ui_url, revision)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        cluster.id,
        cluster.spec.name,
        JSON.stringify(cluster.spec),
        cluster.state,
        cluster.reason ?? null,
        cluster.createdAt,
        cluster.runtime ? JSON.stringify(cluster.runtime) : null,
        cluster.masterUrl ?? null,
        cluster.uiUrl ?? null,
        this.#changes.next(),
      );
  }

  /** The next id is above this one. */
  countFrom(id: number): void {
    countFrom(this.#database, 'clusters', id);
  }

  remove(cluster: Cluster): void {
    this.#database.prepare('DELETE FROM clusters WHERE id = ?').run(cluster.id);
    this.#changes.next();
    this.#changes.announce('cluster', cluster.id);
  }
}

function toCluster(row: Record<string, SQLOutputValue>): Cluster {
  return Value.Parse(Cluster, {
    id: row['id'],
    spec: Value.Parse(ClusterSpec, JSON.parse(String(row['spec']))),
    state: row['state'],
    ...(row['reason'] !== null && { reason: row['reason'] }),
    createdAt: row['created_at'],
    ...(row['runtime'] !== null && { runtime: Value.Parse(Runtime, JSON.parse(String(row['runtime']))) }),
    ...(row['master_url'] !== null && { masterUrl: row['master_url'] }),
    ...(row['ui_url'] !== null && { uiUrl: row['ui_url'] }),
    revision: row['revision'],
  });
}
