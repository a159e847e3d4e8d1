import { mkdirSync, opendirSync, readFileSync, renameSync, writeFileSync, type Dir } from 'node:fs';
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

/** Every record in the folders of a folder that can be read, one by one, each with its folder's number and with what was left out of it. */
export function* readRecords(parent: string): Generator<{ id: number; record: unknown; secrets: unknown }> {
  for (const id of numberedFolders(parent)) {
    const folder = join(parent, String(id));
    const record = readJson(recordFile(folder));
    if (record !== undefined) yield { id, record, secrets: readJson(secretsFile(folder)) };
  }
}

/** The highest number that a folder here has, 0 when there is none: numbers are given once. */
export function highestNumber(parent: string): number {
  let highest = 0;
  for (const number of numberedFolders(parent)) highest = Math.max(highest, number);
  return highest;
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

/** One by one: there can be a million. */
function* numberedFolders(parent: string): Generator<number> {
  let folder: Dir;
  try {
    folder = opendirSync(parent);
  } catch {
    return;
  }
  try {
    for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
      if (/^\d+$/.test(entry.name)) yield Number(entry.name);
    }
  } finally {
    folder.closeSync();
  }
}
