import { readFileSync } from 'node:fs';

/** How many files and sockets this process may have open at once. */
export function openFileLimit(): number {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return found === undefined ? usual : Number(found);
  } catch {
    return usual;
  }
}

const usual = 1024;
