import { randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** So many lower-case letters and digits, for a name that nobody else chooses. */
export function randomName(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}
