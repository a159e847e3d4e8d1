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
  // For a long history: whatever is asked for often is found without a look at each batch.
  `
  CREATE TABLE batch_counts (
    team TEXT NOT NULL,
    cluster TEXT NOT NULL,
    state TEXT NOT NULL,
    n INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (team, cluster, state)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO batch_counts
    SELECT ifnull(team, ''), ifnull(cluster, ''), state, count(*), total(bytes) FROM batches GROUP BY 1, 2, 3;
  CREATE TRIGGER batches_counted_in AFTER INSERT ON batches BEGIN
    INSERT INTO batch_counts VALUES (ifnull(new.team, ''), ifnull(new.cluster, ''), new.state, 1, ifnull(new.bytes, 0))
      ON CONFLICT (team, cluster, state) DO UPDATE SET n = n + 1, bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER batches_counted_out AFTER DELETE ON batches BEGIN
    UPDATE batch_counts SET n = n - 1, bytes = bytes - ifnull(old.bytes, 0)
      WHERE team = ifnull(old.team, '') AND cluster = ifnull(old.cluster, '') AND state = old.state;
    DELETE FROM batch_counts
      WHERE team = ifnull(old.team, '') AND cluster = ifnull(old.cluster, '') AND state = old.state AND n = 0;
  END;
  CREATE TRIGGER batches_counted_anew AFTER UPDATE OF team, cluster, state, bytes ON batches
  WHEN old.state <> new.state OR old.bytes IS NOT new.bytes OR old.team IS NOT new.team OR old.cluster IS NOT new.cluster
  BEGIN
    INSERT INTO batch_counts VALUES (ifnull(new.team, ''), ifnull(new.cluster, ''), new.state, 1, ifnull(new.bytes, 0))
      ON CONFLICT (team, cluster, state) DO UPDATE SET n = n + 1, bytes = bytes + excluded.bytes;
    UPDATE batch_counts SET n = n - 1, bytes = bytes - ifnull(old.bytes, 0)
      WHERE team = ifnull(old.team, '') AND cluster = ifnull(old.cluster, '') AND state = old.state;
    DELETE FROM batch_counts
      WHERE team = ifnull(old.team, '') AND cluster = ifnull(old.cluster, '') AND state = old.state AND n = 0;
  END;
  CREATE INDEX batches_by_team_state ON batches (team, state, id);
  CREATE INDEX batches_by_team_revision ON batches (team, revision);
  CREATE INDEX batches_by_cluster ON batches (cluster, id);
  CREATE INDEX batches_by_name ON batches (name, id);
  CREATE INDEX batches_untidy ON batches (id) WHERE bytes IS NULL;
  CREATE INDEX batches_by_end ON batches (
    (CASE WHEN json_valid(transitions) THEN transitions ->> '$[#-1].at' END), id, bytes
  ) WHERE state IN ('success', 'dead', 'killed')
  `,
  `
  ALTER TABLE clusters ADD COLUMN secured INTEGER
  `,
];
