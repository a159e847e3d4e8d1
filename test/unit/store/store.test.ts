import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Changes } from '../../../server/store/changes.ts';
import { closeDatabase, markFilled, openDatabase } from '../../../server/store/database.ts';
import { FolderLock } from '../../../server/store/folderLock.ts';

describe('store', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("holds a folder against another process, and loses it with that process's end by kill -9", async () => {
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { FolderLock } = await import(${JSON.stringify(new URL('../../../server/store/folderLock.ts', import.meta.url).href)});
         const lock = FolderLock.take(process.argv[1]); console.log(Boolean(lock)); setInterval(() => lock, 1000);`,
        folder,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [said] = await once(holder.stdout, 'data');
    assert.equal(String(said), 'true\n');
    assert.equal(FolderLock.take(folder), undefined);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = FolderLock.take(folder);
    assert.ok(lock);
    lock.release();
  });

  it('opens a database twice in a row with its schema kept', () => {
    const { database: first } = openDatabase(folder);
    first.exec(
      `INSERT INTO clusters (name, spec, state, created_at, revision) VALUES ('a', '{}', 'stopped', 0, 0)`,
    );
    markFilled(first);
    first.close();
    const { database: second, isNew } = openDatabase(folder);
    assert.equal(isNew, false);
    assert.equal(second.prepare('SELECT name FROM clusters').get()?.['name'], 'a');
    second.close();
  });

  it('checks a database again unless it is as it was closed', () => {
    const file = join(folder, 'sparkdeck.sqlite');
    const opened = (): boolean => {
      const { database, isAsLeft } = openDatabase(folder);
      closeDatabase(database, folder);
      return isAsLeft;
    };
    assert.deepEqual([opened(), opened(), opened()], [false, true, true]);
    const { database, isAsLeft } = openDatabase(folder);
    assert.equal(isAsLeft, true);
    database.close();
    assert.equal(opened(), false, 'it was closed without a word, as a crash does');
    const copy = readFileSync(file);
    assert.equal(opened(), true);
    writeFileSync(file, copy);
    assert.equal(opened(), false, 'another file was put in its place');
    utimesSync(file, new Date(), new Date());
    assert.equal(opened(), false, 'it was written to');
    writeFileSync(`${file}-wal`, '');
    assert.equal(opened(), false, 'there is a journal');
    assert.equal(opened(), true);
  });

  it('gives out numbers that grow, and wakes who waits for a change', async () => {
    const changes = new Changes();
    const before = changes.revision;
    let seen = 0;
    const waiting = changes.until('batch', 7, () => (seen > 0 ? seen : undefined));
    changes.announce('batch', 8);
    seen = 5;
    assert.ok(changes.next() > before);
    changes.announce('batch', 7);
    assert.equal(await waiting, 5);
  });

  it('stops waiting when told to', async () => {
    const abort = new AbortController();
    const waiting = new Changes().until('batch', 7, () => undefined, abort.signal);
    abort.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
  });
});
