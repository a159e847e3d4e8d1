import { closeSync, openSync } from 'node:fs';
import { execa, type Options } from 'execa';

/** What a start takes, pipes and all, and what others may open in the same moment. */
const neededFiles = 24;

/**
 * Starts a program by execa, which can't be told of a failure when no file is left to open: Node then hands out half a
 * process, whose error nobody hears, and that would end the backend. So it is looked at before.
 * @throws Error with the code EMFILE
 */
export function startProgram<O extends Options>(program: string, args: readonly string[], options: O) {
  requireFiles();
  return execa(program, args, options);
}

function requireFiles(): void {
  const files: number[] = [];
  try {
    while (files.length < neededFiles) files.push(openSync('/dev/null', 'r'));
  } finally {
    for (const file of files) closeSync(file);
  }
}
