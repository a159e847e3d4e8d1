import { readFileSync, statSync } from 'node:fs';

/** A larger file is hardly a source file. Bytes. */
const largest = 4 * 2 ** 20;

/**
 * Looks lines up in the files that a traceback names, each file read once.
 * @returns the line with this number, the first being 1; undefined when there is no such file or line
 */
export function sourceLines(): (file: string, line: number) => string | undefined {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    const lines = files.get(file) ?? readLines(file);
    files.set(file, lines);
    return lines[line - 1];
  };
}

function readLines(file: string): readonly string[] {
  try {
    return statSync(file).size > largest ? [] : readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
