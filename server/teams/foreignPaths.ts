import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** What is kept in the data folder for teams, a folder each or a folder for each of their things. */
export interface KeptFolders {
  uploads: string;
  batches: string;
  /** Whether what lies in this folder of `uploads` is the caller's. */
  isOwnUploads: (name: string) => boolean;
  /** Whether what lies in this folder of `batches` is. */
  isOwnBatch: (name: string) => boolean;
}

/** Whether a path, symbolic links followed, leads to what is kept there for others, or to where such a thing would lie. */
export async function isForeign(path: string, kept: KeptFolders): Promise<boolean> {
  const place = await whereIs(path);
  for (const [folder, isOwn] of [
    [kept.uploads, kept.isOwnUploads],
    [kept.batches, kept.isOwnBatch],
  ] as const) {
    const [first = '..'] = relative(await whereIs(folder), place).split(sep);
    if (first !== '..' && !isOwn(first)) return true;
  }
  return false;
}

/** The path without symbolic links, of what isn't there as far as there is something. */
async function whereIs(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await whereIs(parent), basename(path));
  }
}
