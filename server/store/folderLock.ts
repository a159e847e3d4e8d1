import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makePrivate } from './privateFiles.ts';

/**
 * Holds a data folder for this process alone. SQLite's lock is the operating system's, so it ends with the process in
 * whatever way that ends, and no stale lock can be left behind.
 */
export class FolderLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @returns undefined when another process holds the folder */
  static take(folder: string): FolderLock | undefined {
    const file = join(folder, 'backend.lock');
    makePrivate(file);
    const database = new DatabaseSync(file);
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
      return new FolderLock(database);
    } catch (error) {
      database.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined;
      throw error;
    }
  }

  release(): void {
    this.#database.close();
  }
}

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html */
const sqliteBusy = 5;
