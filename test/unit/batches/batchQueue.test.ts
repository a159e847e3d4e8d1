import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchQueue } from '../../../server/batches/batchQueue.ts';
import { BatchTable } from '../../../server/batches/batchTable.ts';
import { Changes } from '../../../server/store/changes.ts';
import { openDatabase } from '../../../server/store/database.ts';

describe('batches/batchQueue', () => {
  let folder: string;
  let database: DatabaseSync;
  let changes: Changes;
  let table: BatchTable;
  let queue: BatchQueue;
  let told: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-queue-'));
    ({ database } = openDatabase(folder));
    changes = new Changes();
    table = new BatchTable(database, changes, join(folder, 'batches'), () => undefined);
    queue = new BatchQueue(table, changes);
    told = [];
  });
  afterEach(() => {
    queue.close();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const fill = (count: number): void => {
    for (let index = 0; index < count; index++) {
      table.add({
        request: { file: '/x.py' },
        name: 'x',
        master: 'local[1]',
        runtime: {
          java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
          spark: { home: '/spark', version: '4.3.0', source: 'SPARK_HOME' },
          python: { path: '/python', version: '3.12.1', source: 'PATH' },
        },
        uiPort: 4040,
      });
    }
    changes.on(({ topic, id }) => told.push(`${topic} ${id}`));
  };
  const next = (): Promise<void> =>
    new Promise(resolve => {
      const stop = changes.on(() => {
        stop();
        resolve();
      });
    });

  it('tells of all places as one, at once, and of many changes in a row once more', async () => {
    fill(20);
    for (let ends = 0; ends < 10; ends++) queue.tell();
    assert.deepEqual(told, ['queue 0']);
    await next();
    assert.deepEqual(told, ['queue 0', 'queue 0']);
  });

  it('tells at once of a batch that somebody has moved', () => {
    fill(3);
    queue.tell();
    const third = table.find(3)?.batch;
    assert.ok(third);
    queue.move(third, 1);
    assert.deepEqual(told, ['queue 0', 'batch 3', 'queue 0']);
    assert.equal(queue.place([third])[0]?.queuePosition, 1);
  });

  it('goes on behind one that this version can not read', () => {
    fill(2);
    database.exec(`UPDATE batches SET request = '{"file": 1}' WHERE id = 1`);
    assert.equal(table.firstWaiting([])?.batch.id, 2);
  });

  it('tells nothing where nothing waits', () => {
    fill(0);
    queue.tell();
    assert.deepEqual(told, []);
  });
});
