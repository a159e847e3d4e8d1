import type { BatchRequest } from '../protocol/batch.ts';

const lists = ['jars', 'pyFiles', 'files', 'archives'] as const;

/** Every file that a request names, as it names it. */
export function filesOf(request: BatchRequest): string[] {
  return [request.file, ...lists.flatMap(name => request[name] ?? [])];
}

/** Settings in which Spark is told of files, separated by commas. */
const settings = ['spark.jars', 'spark.files', 'spark.archives', 'spark.submit.pyFiles'];

/** What else it names that is on a disk: its working folder, and files in its settings. */
export function otherPathsOf({ conf = {}, workingFolder }: BatchRequest): string[] {
  const listed = settings.flatMap(name => conf[name]?.split(',') ?? []).map(file => file.trim());
  return [...listed, ...(workingFolder === undefined ? [] : [workingFolder])];
}

/**
 * Values in which files may be named in any way: of settings, class paths and JVM options among them, of variables, and of
 * the programs to run it with.
 */
export function textsOf({
  conf = {},
  environment = {},
  runtime = {},
  workingFolder,
}: BatchRequest): string[] {
  const folders = workingFolder === undefined ? [] : [workingFolder];
  return [conf, environment, runtime].flatMap(each => Object.values(each)).concat(folders);
}

/** The request with other names of its files. */
export function withFiles(request: BatchRequest, named: (file: string) => string): BatchRequest {
  const changed = lists.flatMap(name => {
    const files = request[name];
    return files ? [[name, files.map(named)] as const] : [];
  });
  return { ...request, file: named(request.file), ...Object.fromEntries(changed) };
}

/** The request with other files in its lists, each exchanged for some. */
export async function withLists(
  request: BatchRequest,
  instead: (file: string) => Promise<string[]>,
): Promise<BatchRequest> {
  const changed: Partial<BatchRequest> = {};
  for (const name of lists) {
    const files = request[name];
    if (!files) continue;
    const all: string[] = [];
    for (const file of files) all.push(...(await instead(file)));
    changed[name] = all;
  }
  return { ...request, ...changed };
}
