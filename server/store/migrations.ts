/** Each brings the schema from its index to the next version. One that was released is never edited. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE clusters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    spec TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    created_at INTEGER NOT NULL,
    runtime TEXT,
    master_url TEXT,
    ui_url TEXT,
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    request TEXT NOT NULL,
    idempotency_key TEXT UNIQUE,
    cluster TEXT,
    master TEXT NOT NULL,
    runtime TEXT NOT NULL,
    state TEXT NOT NULL,
    transitions TEXT NOT NULL,
    reason TEXT,
    exit_code INTEGER,
    app_id TEXT,
    ui_port INTEGER,
    ui_url TEXT,
    kill_requested_at INTEGER,
    rerun_of INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX batches_by_state ON batches (state, id);
  CREATE INDEX batches_by_application ON batches (app_id)
  `,
  `
  ALTER TABLE batches ADD COLUMN queue_rank REAL;
  ALTER TABLE batches ADD COLUMN bytes INTEGER;
  UPDATE batches SET queue_rank = id;
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT
  `,
];
