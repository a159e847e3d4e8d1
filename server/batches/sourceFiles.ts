import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Batch, BatchRequest } from '../protocol/batch.ts';
import { localPath } from './checkRequest.ts';
import { uploadedAs } from './heldUploads.ts';
import { filesOf, otherPathsOf } from './requestFiles.ts';
import { readRegularFile } from '../store/regularFile.ts';

/** What is known of the files that a traceback names. */
export interface SourceFiles {
  /** The file of the user's that a path in a traceback stands for; undefined when there is none. */
  find(path: string): string | undefined;
  /** A line of a file that was found, without its line break. The first is 1. Undefined when it can't be had. */
  line(file: string, line: number): string | undefined;
}

/**
 * Looks up the files of a batch on this machine, each once. A copy that Spark made stands for the file that was given, an
 * upload that is held for the batch for the upload.
 */
export function sourceFiles(
  { request, folder }: Pick<Batch, 'request' | 'folder'>,
  uploadsFolder: string,
): SourceFiles {
  const run: RunFiles = {
    given: givenFiles(request),
    workingFolder: request.workingFolder ?? '/',
    uploadedAs: path => uploadedAs(path, { uploads: uploadsFolder, batch: folder }),
  };
  const found = new Map<string, string | undefined>();
  const texts = new Map<string, readonly string[]>();
  return {
    find: path => {
      if (!found.has(path) && found.size < fileLimit) found.set(path, findFile(path, run));
      return found.get(path);
    },
    line: (file, line) => {
      const lines = texts.get(file) ?? (texts.size < fileLimit ? readLines(file) : []);
      texts.set(file, lines);
      return lines[line - 1];
    },
  };
}

/** A line of a file as a traceback names it. */
export const lineIn =
  (sources: SourceFiles) =>
  (path: string, line: number): string | undefined => {
    const file = sources.find(path);
    return file === undefined ? undefined : sources.line(file, line);
  };

/** A traceback that names more files is no program's. */
const fileLimit = 200;
/** A larger file is hardly a source file. Bytes. */
const largest = 4 * 2 ** 20;

interface RunFiles {
  given: readonly string[];
  /** What relative paths start from. */
  workingFolder: string;
  uploadedAs: (path: string) => string;
}

/** Paths, where a request has addresses of files too. */
function givenFiles(request: BatchRequest): string[] {
  return [...filesOf(request), ...otherPathsOf(request)].flatMap(file => {
    try {
      return localPath(file.replace(/#[^/]*$/, '')) ?? [];
    } catch {
      return [];
    }
  });
}

function findFile(path: string, { given, workingFolder, uploadedAs }: RunFiles): string | undefined {
  const named = copies.test(path) ? originalOf(path, given) : undefined;
  const file = uploadedAs(resolve(workingFolder, named ?? path));
  return isFile(file) ? file : undefined;
}

/** Spark copies what --py-files names into folders of its own, on the driver and on each executor; they go at the end. */
const copies =
  /\/(?:userFiles|localPyFiles|spark|executor|blockmgr)-[0-9a-f]{8}-[0-9a-f-]{27}\/|\/app-\d{14}-\d{4}\/\d+\//;

function originalOf(path: string, given: readonly string[]): string | undefined {
  const matching = new Set(given.filter(file => basename(file) === basename(path)));
  return matching.size === 1 ? [...matching][0] : undefined;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function readLines(file: string): readonly string[] {
  try {
    return readRegularFile(file, largest).toString('utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
