import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a backend that ended said last, as far as it helps a person; '' when it said nothing. */
export function lastWords(logFile: string): string {
  return lastMessage(readTail(logFile, 16 * 1024));
}

/** The last line of a log, without its time. Of an error that nobody caught, the line that names it. */
export function lastMessage(log: string): string {
  const lines = log
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '');
  const last = lines.at(-1) ?? '';
  // Node ends its report of such an error with its own version.
  const named = /^Node\.js v\d/.test(last) ? lines.findLast(line => /^\w*Error\b.*: /.test(line)) : undefined;
  return (named ?? last).replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, '');
}

function readTail(file: string, limit: number): string {
  try {
    const log = openSync(file, 'r');
    try {
      const { size } = fstatSync(log);
      const buffer = Buffer.alloc(Math.min(limit, size));
      const read = readSync(log, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8', 0, read);
    } finally {
      closeSync(log);
    }
  } catch {
    return '';
  }
}
