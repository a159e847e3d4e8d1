import { appendFileSync, closeSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../protocol/errors.ts';

/** bytes */
const enoughForLastWords = 64 * 1024;
const largestLog = 16 * 2 ** 20;
const keptOfLog = 2 ** 20;

/** The telling line of a process that ended, and where to read on. */
export function lastWords(folder: string): string {
  const file = join(folder, 'stderr.log');
  let lines: string[];
  try {
    lines = readTail(file, enoughForLastWords).toString('utf8').trimEnd().split('\n').slice(-200);
  } catch (error) {
    return `Its log can't be read (${messageOf(error)}).`;
  }
  const telling = lines.findLast(line => /(Exception|Error|error):? /.test(line)) ?? lines.at(-1) ?? '';
  return `${telling.trim()} See ${file}.`;
}

/**
 * Cuts a log that has grown too large down to its end, under the hands of the process that writes it: it appends, so it
 * goes on behind what is left. What it writes in the instant between is lost.
 */
export function trimLog(file: string, largest = largestLog, kept = keptOfLog): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= largest) return;
  const tail = readTail(file, kept);
  truncateSync(file);
  appendFileSync(file, tail.subarray(tail.indexOf(0x0a) + 1));
}

function readTail(file: string, bytes: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(bytes, size));
    return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, size - buffer.length));
  } finally {
    closeSync(handle);
  }
}
