import { mkdirSync } from 'node:fs';
import type { Runtime } from '../server/protocol/runtime.ts';
import { closeDatabase, markFilled, openDatabase } from '../server/store/database.ts';

/**
 * Writes so many ended batches into a new data folder, as ones whose folders were tidied up after their end: four teams and
 * the owner, one in ten dead, one in a hundred killed.
 */
export function seedHistory(dataFolder: string, count: number, runtime: Runtime): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const { database } = openDatabase(dataFolder);
  const request = { file: '/examples/word_count.py', args: ['a', 'b'], conf: { 'spark.master': 'local[2]' } };
  // What is made for each row of the table takes far less time when it is made at once.
  const made = database
    .prepare(
      `SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'batches' AND type IN ('index', 'trigger') AND sql IS NOT NULL`,
    )
    .all();
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN');
  for (const { type, name } of made) database.exec(`DROP ${String(type)} ${String(name)}`);
  database
    .prepare(
      `WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < $count)
       INSERT INTO batches (id, name, request, team, master, runtime, state, transitions, reason, exit_code, ui_port,
         queue_rank, bytes, revision)
       SELECT n, 'batch ' || n, $request, CASE n % 5 WHEN 0 THEN NULL ELSE 'team-' || (n % 5) END, 'local[2]', $runtime,
         iif(n % 100 = 0, 'killed', iif(n % 10 = 0, 'dead', 'success')),
         json_array(
           json_object('state', 'not_started', 'at', $start + n),
           json_object('state', iif(n % 100 = 0, 'killed', iif(n % 10 = 0, 'dead', 'success')), 'at', $start + n + 9000)
         ),
         'exit code 0', 0, 4040, n, 1000, $start + n
       FROM one`,
    )
    .run({
      count,
      request: JSON.stringify(request),
      runtime: JSON.stringify(runtime),
      start: Date.now() - 30 * 24 * 3600_000,
    });
  for (const { sql } of made) database.exec(String(sql));
  database.exec(
    `INSERT INTO batch_counts
       SELECT ifnull(team, ''), ifnull(cluster, ''), state, count(*), total(bytes) FROM batches GROUP BY 1, 2, 3;
     COMMIT`,
  );
  markFilled(database);
  closeDatabase(database, dataFolder);
}
