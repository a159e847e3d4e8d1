import { existsSync } from 'node:fs';
import type { BatchRequest } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import { localPath } from './checkRequest.ts';
import { expandGlob, isGlob } from './globs.ts';
import { withLists } from './requestFiles.ts';

/**
 * The request with the files that its patterns mean now, as spark-submit finds them: in the lists of files, and neither
 * in the file to run nor in local: paths, which it takes as they are. A file that has the pattern for its name is meant
 * itself.
 * @param isOwn whether the caller may know of a file: of others a pattern shows nothing
 * @throws SparkdeckError file.missing for a pattern that means no file, and for an alias (#name) of several
 */
export async function expandFiles(
  request: BatchRequest,
  isOwn: (path: string) => Promise<boolean>,
): Promise<BatchRequest> {
  return withLists(request, async file => {
    const [named = file, alias] = /^(.*)#([^/]*)$/s.exec(file)?.slice(1) ?? [];
    const path = named.startsWith('local:') ? undefined : localPath(named);
    if (path === undefined || !path.startsWith('/') || !isGlob(path)) return [file];
    if (existsSync(path) && (await isOwn(path))) return [file];
    const found: string[] = [];
    for (const each of await expandGlob(path)) if (await isOwn(each)) found.push(each);
    if (found.length === 0) {
      throw new SparkdeckError(
        'file.missing',
        `${file} means no file: nothing has such a name. Correct the pattern, or leave it out.`,
      );
    }
    if (alias === undefined) return found;
    if (found.length === 1) return [`${found[0]}#${alias}`];
    throw new SparkdeckError(
      'file.kind',
      `${file} means ${found.length} files, which can't all be called ${alias}. Name one of them, or leave #${alias} out.`,
    );
  });
}
