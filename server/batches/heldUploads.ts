import { constants, copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { BatchRequest } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import { localPath } from './checkRequest.ts';
import { filesOf, withFiles } from './requestFiles.ts';

/** Where uploads lie, and the folder of a batch. */
interface Folders {
  uploads: string;
  batch: string;
}

/**
 * Holds the uploads that a batch will run with, as they are when it is accepted: each has another name, a hard link, in
 * the batch's folder, whatever is uploaded in its place later or removed. Beside a program lie the modules that lie
 * beside it now, since Python looks there.
 * @throws SparkdeckError file.missing when one has just been removed
 */
export function holdUploads(request: BatchRequest, folders: Folders): void {
  // What an acceptance that failed has left.
  rmSync(heldFolder(folders.batch), { recursive: true, force: true });
  for (const place of new Set(filesOf(request).flatMap(file => placeOf(file, folders) ?? []))) {
    if (hold(place, folders)) continue;
    throw new SparkdeckError(
      'file.missing',
      `The upload ${basename(place)} was removed at this moment. Upload it again.`,
    );
  }
  const program = placeOf(request.file, folders);
  if (program?.endsWith('.py')) modulesBeside(program, folders).forEach(place => hold(place, folders));
}

/** The request as it is run: with the uploads that are held for it. */
export function withHeldUploads(
  request: BatchRequest,
  folders: Folders,
  isHeld: (path: string) => boolean,
): BatchRequest {
  return withFiles(request, file => {
    const place = placeOf(file, folders);
    const held = place === undefined ? undefined : join(heldFolder(folders.batch), place);
    if (held === undefined || !isHeld(held)) return file;
    const [, alias = ''] = /(#[^/]*)$/.exec(file) ?? [];
    return held + alias;
  });
}

/** What an upload that is held is called by those who uploaded it; any other path as it is. */
export function uploadedAs(path: string, folders: Folders): string {
  const held = `${heldFolder(folders.batch)}${sep}`;
  return path.startsWith(held) ? join(folders.uploads, path.slice(held.length)) : path;
}

/** Removed when the batch has ended. */
export const heldFolder = (batchFolder: string): string => join(batchFolder, 'uploads');

/** Of an upload, its path below the folder of all; undefined for what is none. */
function placeOf(file: string, { uploads }: Folders): string | undefined {
  const path = localPath(file.replace(/#[^/]*$/, ''));
  const place = path === undefined ? '' : relative(uploads, path);
  return place === '' || place.split(sep)[0] === '..' ? undefined : place;
}

function modulesBeside(program: string, { uploads }: Folders): string[] {
  return readdirSync(join(uploads, dirname(program)), { withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.py') && !entry.name.startsWith('.'))
    .map(({ name }) => join(dirname(program), name));
}

/** A copy where a file can't have two names: on another disk, or on one that knows no links. @returns whether it is there */
function hold(place: string, { uploads, batch }: Folders): boolean {
  const held = join(heldFolder(batch), place);
  if (existsSync(held)) return true;
  mkdirSync(dirname(held), { recursive: true, mode: 0o700 });
  try {
    linkSync(join(uploads, place), held);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    copyFileSync(join(uploads, place), held, constants.COPYFILE_FICLONE);
  }
  return true;
}
