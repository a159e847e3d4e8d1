import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** The data folder, and what is kept there for teams, a folder each or a folder for each of their things. */
export interface KeptFolders {
  dataFolder: string;
  uploads: string;
  batches: string;
  /** Whether what lies in this folder of `uploads` is the caller's. */
  isOwnUploads: (name: string) => boolean;
  /** Whether what lies in this folder of `batches` is. */
  isOwnBatch: (name: string) => boolean;
}

/**
 * Whether a path, symbolic links followed, leads into the data folder, past what is the caller's own there, or to where
 * such a thing would lie. One with a glob does when it may match something there.
 */
export async function isForeign(path: string, kept: KeptFolders): Promise<boolean> {
  const { fixed, pattern } = splitGlob(path);
  const place = join(await whereIs(fixed), ...pattern);
  for (const [folder, isOwn] of [
    [kept.uploads, kept.isOwnUploads],
    [kept.batches, kept.isOwnBatch],
  ] as const) {
    const first = nameWithin(await whereIs(folder), place);
    if (first === undefined) continue;
    if (isGlob(first) || !isOwn(first)) return true;
    // With a glob on the way it may match other things too.
    if (contains(await whereIs(folder), place)) return false;
  }
  return nameWithin(await whereIs(kept.dataFolder), place) !== undefined;
}

/** The name in a folder through which a path goes; empty for the folder itself, undefined for a path past it. */
function nameWithin(folder: string, path: string): string | undefined {
  const [own, named] = [folder.split(sep), path.split(sep)];
  // Braces may hold separators, so then it can't be told which part stands for which folder after the first of them.
  const open = named.findIndex(part => part.includes('{') && !part.includes('}'));
  if (open >= 0) return sharesParts(own, named.slice(0, open)) ? '*' : undefined;
  if (!named.some(isGlob)) {
    const [first = ''] = relative(folder, path).split(sep);
    return first === '..' ? undefined : first;
  }
  if (named.length < own.length || !sharesParts(own, named)) return undefined;
  return named[own.length] ?? '';
}

/** Whether a path, globs taken for names, lies in a folder. */
function contains(folder: string, path: string): boolean {
  return path.startsWith(`${folder}${sep}`);
}

/** Whether two paths may be one as far as both go. */
function sharesParts(own: readonly string[], named: readonly string[]): boolean {
  return own.every((part, index) => {
    const other = named[index];
    return other === undefined || other === part || isGlob(other);
  });
}

/** A path as far as it has no glob, of which links can be followed, and the rest. */
function splitGlob(path: string): { fixed: string; pattern: string[] } {
  const parts = path.split(sep);
  const first = parts.findIndex(isGlob);
  if (first < 0) return { fixed: path, pattern: [] };
  return { fixed: parts.slice(0, first).join(sep) || sep, pattern: parts.slice(first) };
}

const isGlob = (part: string): boolean => /[*?[\]{}]/.test(part);

/** The path without symbolic links, of what isn't there as far as there is something. */
async function whereIs(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await whereIs(parent), basename(path));
  }
}
