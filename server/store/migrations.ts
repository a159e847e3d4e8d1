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
  `
  ALTER TABLE clusters ADD COLUMN team TEXT;
  ALTER TABLE batches ADD COLUMN team TEXT;
  ALTER TABLE batches ADD COLUMN cores INTEGER;
  ALTER TABLE batches ADD COLUMN memory INTEGER;
  CREATE INDEX batches_by_team ON batches (team, id);
  CREATE INDEX batches_by_revision ON batches (revision);
  CREATE TABLE teams (name TEXT PRIMARY KEY, quota TEXT NOT NULL) STRICT;
  CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    name TEXT,
    team TEXT,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    team TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    outcome TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_team ON audit (team, id)
  `,
  `
  ALTER TABLE clusters ADD COLUMN notice TEXT;
  ALTER TABLE clusters ADD COLUMN expires_at INTEGER;
  CREATE TABLE cluster_starts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workers INTEGER NOT NULL,
    took INTEGER NOT NULL
  ) STRICT
  `,
  `
  ALTER TABLE batches ADD COLUMN asked TEXT
  `,
];
