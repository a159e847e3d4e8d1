import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A copy of a thing's row in its own folder, beside its logs. The database is what counts; from these it is made anew
 * when it was damaged or lost.
 */
export function writeRecord(folder: string, record: object): void {
  writePrivate(folder, recordFile(folder), record);
}

/** What a record leaves out, since it is shown to nobody. It is written before the record, which is nothing without it. */
export function writeSecrets(folder: string, secrets: object): void {
  writePrivate(folder, secretsFile(folder), secrets);
}

/** Every record in the folders of a folder that can be read, each with its folder's number and with what was left out of it. */
export function readRecords(parent: string): { id: number; record: unknown; secrets: unknown }[] {
  return numberedFolders(parent).flatMap(id => {
    const folder = join(parent, String(id));
    const record = readJson(recordFile(folder));
    return record === undefined ? [] : [{ id, record, secrets: readJson(secretsFile(folder)) }];
  });
}

/** The highest number that a folder here has, 0 when there is none: numbers are given once. */
export function highestNumber(parent: string): number {
  return Math.max(0, ...numberedFolders(parent));
}

export const recordFile = (folder: string): string => join(folder, 'record.json');

const secretsFile = (folder: string): string => join(folder, 'secrets.json');

function writePrivate(folder: string, file: string, value: object): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function numberedFolders(parent: string): number[] {
  try {
    return readdirSync(parent)
      .filter(name => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
