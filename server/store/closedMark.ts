import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** Says beside a database that was closed in order how its file was then. */
export function leaveMark(file: string): void {
  try {
    writeFileSync(markFile(file), look(file), { mode: 0o600 });
  } catch {
    // The disk is full, say. Without a mark the database is checked.
  }
}

/** Whether the database is as the mark says, without a journal of somebody who used it since. The mark counts once. */
export function takeMark(file: string): boolean {
  try {
    const mark = readFileSync(markFile(file), 'utf8');
    rmSync(markFile(file));
    return mark === look(file);
  } catch {
    return false;
  }
}

const markFile = (file: string): string => `${file}.closed`;

function look(file: string): string {
  const { ino, size, mtimeNs } = statSync(file, { bigint: true });
  const journal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  return [ino, size, mtimeNs, journal ? 'journal' : 'whole'].join(' ');
}
