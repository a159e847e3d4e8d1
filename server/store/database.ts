import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../protocol/errors.ts';
import { migrations } from './migrations.ts';
import { leaveMark, takeMark } from './closedMark.ts';
import { makePrivate } from './privateFiles.ts';
import { lastRemoval } from './removals.ts';

export interface OpenedDatabase {
  database: DatabaseSync;
  /** Whether it is still to be filled from the records beside the logs: there was none, or it was damaged. */
  isNew: boolean;
  /** Whether it is, to the byte, as `closeDatabase` left it. */
  isAsLeft: boolean;
  /** What the user should be told. */
  notices: string[];
}

/**
 * Opens the database of a data folder in its newest form. One from an older version is copied before it is changed. One
 * that can't be read is set aside, with its journal, and a new one begun.
 * @throws when the folder can't be written, or the database is from a newer version
 */
export function openDatabase(folder: string): OpenedDatabase {
  const file = join(folder, 'sparkdeck.sqlite');
  try {
    const isAsLeft = takeMark(file);
    const database = open(file, isAsLeft);
    return { database, isNew: !isFilled(database), isAsLeft, notices: [] };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = setAside(file);
    const notice =
      `The database could not be read (${messageOf(error)}). It was set aside as ${aside}, and a new one was begun ` +
      'from what lies beside the logs. Tokens, quotas, settings and the audit record lie nowhere else, so they are gone: ' +
      'no token of before holds, and no team has a limit. Set the quotas anew (sparkdeck teams quota), then make tokens ' +
      '(sparkdeck tokens create).';
    return { database: open(file, false), isNew: true, isAsLeft: false, notices: [notice] };
  }
}

/** Closes it in order. The next to open it then need not check it, which takes long when the history is long. */
export function closeDatabase(database: DatabaseSync, folder: string): void {
  database.close();
  leaveMark(join(folder, 'sparkdeck.sqlite'));
}

/** Written in the same transaction as what the records held: a crash in between fills it again. */
export function markFilled(database: DatabaseSync): void {
  database.exec(`INSERT INTO settings (key, value) VALUES ('filled', 'true') ON CONFLICT (key) DO NOTHING`);
}

function isFilled(database: DatabaseSync): boolean {
  return database.prepare(`SELECT 1 FROM settings WHERE key = 'filled'`).get() !== undefined;
}

/** The highest number of a change that was written down. */
export function newestRevision(database: DatabaseSync): number {
  const row = database
    .prepare(
      `SELECT max(coalesce((SELECT max(revision) FROM clusters), 0), coalesce((SELECT max(revision) FROM batches), 0)) AS n`,
    )
    .get();
  return Math.max(Number(row?.['n']), lastRemoval(database));
}

/** Whether an error says that nothing more can be written: the disk is full or a quota reached. */
export function isDiskFull(error: unknown): boolean {
  const sqliteFull = 13;
  if (!(error instanceof Error)) return false;
  if ('errcode' in error && typeof error.errcode === 'number') return (error.errcode & 0xff) === sqliteFull;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  return isDiskFull(error.cause);
}

/** How long another process's transaction is waited for, in milliseconds. */
const busyLimit = 5000;

function open(file: string, isAsLeft: boolean): DatabaseSync {
  // SQLite gives its journals the mode of the database.
  makePrivate(file);
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${busyLimit}`);
    // FULL: what was acknowledged is on the disk, even when the power goes.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    if (!isAsLeft) checkWhole(database);
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Reads all of it. */
function checkWhole(database: DatabaseSync): void {
  const check = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (check !== 'ok') throw new DamagedDatabase(String(check));
}

class DamagedDatabase extends Error {}

/** SQLITE_CORRUPT and SQLITE_NOTADB, https://www.sqlite.org/rescode.html; extended codes carry them in the low byte. */
function isDamage(error: unknown): boolean {
  if (error instanceof DamagedDatabase) return true;
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return [11, 26].includes(error.errcode & 0xff);
}

function setAside(file: string): string {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(':', '')}`;
  // The journal first: a new database must never meet an old one's.
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}

function migrate(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > migrations.length) {
    throw new Error(`${file} is from a newer Sparkdeck (schema ${version}). Update this one.`);
  }
  if (version > 0 && version < migrations.length) copy(database, `${file}.schema-${version}`);
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

function copy(database: DatabaseSync, to: string): void {
  rmSync(to, { force: true });
  makePrivate(to);
  database.prepare('VACUUM INTO ?').run(to);
}
