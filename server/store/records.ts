import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A copy of a thing's row in its own folder, beside its logs. The database is what counts; from these it is made anew
 * when it was damaged or lost.
 */
export function writeRecord(folder: string, record: object): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = recordFile(folder);
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Every record in the folders of a folder that can be read, each with its folder's number. */
export function readRecords(parent: string): { id: number; record: unknown }[] {
  return numberedFolders(parent).flatMap(id => {
    try {
      const record: unknown = JSON.parse(readFileSync(recordFile(join(parent, String(id))), 'utf8'));
      return [{ id, record }];
    } catch {
      return [];
    }
  });
}

/** The highest number that a folder here has, 0 when there is none: numbers are given once. */
export function highestNumber(parent: string): number {
  return Math.max(0, ...numberedFolders(parent));
}

export const recordFile = (folder: string): string => join(folder, 'record.json');

function numberedFolders(parent: string): number[] {
  try {
    return readdirSync(parent)
      .filter(name => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
