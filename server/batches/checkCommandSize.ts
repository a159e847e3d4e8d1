import { readFileSync } from 'node:fs';
import type { BatchRequest } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';

/** Bytes of one argument or variable, its NUL not counted: MAX_ARG_STRLEN of execve(2). */
const longestString = 128 * 1024 - 1;
/** Bytes that Spark's own arguments and variables take beside a request's. */
const ofSpark = 64 * 1024;

/**
 * Refuses what the kernel can't start: execve(2) bounds each argument and each variable, and all of them together.
 * @param limit bytes of all together
 * @throws SparkdeckError request.invalid
 */
export function checkCommandSize(
  request: BatchRequest,
  env: Readonly<Record<string, string>>,
  limit: number = sizeLimit(),
): void {
  const { args = [], environment = {}, jars, pyFiles, files, archives, name, className } = request;
  const lists = Object.entries({
    '--jars': jars,
    '--py-files': pyFiles,
    '--files': files,
    '--archives': archives,
  });
  const words: [what: string, text: string][] = [
    ...args.map((text, index): [string, string] => [`Argument ${index + 1} of the program`, text]),
    // spark-submit gets a list as one argument.
    ...lists.map(([option, list]): [string, string] => [`The list ${option}`, list?.join(',') ?? '']),
    ...Object.entries({ ...env, ...environment }).map(([variable, value]): [string, string] => [
      `The environment variable ${variable}`,
      `${variable}=${value}`,
    ]),
    ['The name', name ?? ''],
    ['The main class', className ?? ''],
    ['The file', request.file],
  ];
  let sum = ofSpark;
  for (const [what, text] of words) {
    const size = Buffer.byteLength(text);
    // Each has a NUL and a pointer.
    sum += size + 9;
    if (size > longestString) {
      throw tooLong(`${what} has ${size} bytes, and Linux takes at most ${longestString} in one`);
    }
  }
  if (sum > limit) {
    throw tooLong(
      `Arguments and environment together have ${sum} bytes, and Linux starts a program with at most ${limit}`,
    );
  }
}

function tooLong(what: string): SparkdeckError {
  return new SparkdeckError(
    'request.invalid',
    `${what}. Write it into a file, and give the program the file's path.`,
  );
}

/** A quarter of the stack, within bounds; see execve(2), "Limits on size of arguments and environment". */
function sizeLimit(): number {
  const [, soft = ''] = /^Max stack size\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  const stack = soft === 'unlimited' ? Infinity : Number(soft);
  return Math.max(128 * 1024, Math.min(6 * 2 ** 20, Math.floor(stack / 4)));
}
