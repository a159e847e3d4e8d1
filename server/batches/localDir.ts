import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isLibraryClass } from '../artifacts/libraryPackages.ts';
import { withJar, type Jar } from '../artifacts/jar.ts';
import type { BatchRequest } from '../protocol/batch.ts';
import { readRegularFile } from '../store/regularFile.ts';
import { localPath } from './checkRequest.ts';

/**
 * Whether a program seems to choose its own scratch folder: its text, arguments, imported modules beside it, Python
 * files that are sent along, or the classes of its jar name the setting. A file that can't be read, or is beyond the
 * bounds, doesn't.
 */
export async function namesLocalDir(request: BatchRequest): Promise<boolean> {
  if ([...(request.args ?? []), ...Object.values(request.environment ?? {})].some(isNamed)) return true;
  for (const file of [request.file, ...(request.pyFiles ?? [])].slice(0, mostFiles)) {
    const path = localPath(file);
    if (path !== undefined && (await isNamedIn(path))) return true;
  }
  return false;
}

/** Writes down beside the batch's logs that its program chooses its own: it is asked for at each launch. */
export function noteLocalDir(batchFolder: string): void {
  mkdirSync(batchFolder, { recursive: true, mode: 0o700 });
  writeFileSync(noteOf(batchFolder), '', { mode: 0o600 });
}

export const isLocalDirNoted = (batchFolder: string): boolean => existsSync(noteOf(batchFolder));

async function isNamedIn(path: string): Promise<boolean> {
  if (path.endsWith('.py')) return isNamedInPython(path);
  if (!/\.(jar|zip|egg)$/.test(path)) return false;
  return withJar(path, isNamedInJar).catch(() => false);
}

function isNamedInPython(path: string): boolean {
  const text = textOf(path);
  if (isNamed(text)) return true;
  const imported = new Set([...text.matchAll(importing)].map(([, module = '']) => module));
  return [...imported]
    .slice(0, mostFiles)
    .some(module => isNamed(textOf(join(dirname(path), `${module}.py`))));
}

/** A fat jar holds Spark's own class that defines the setting. Only what isn't a library's is read. */
async function isNamedInJar(jar: Jar): Promise<boolean> {
  let left = mostUnpacked;
  for await (const entry of jar.entries()) {
    if (!/\.(class|py|conf|properties)$/.test(entry.fileName)) continue;
    if (isLibraryClass(entry.fileName.replaceAll('/', '.'))) continue;
    left -= entry.uncompressedSize;
    if (left < 0) return false;
    if (isNamed((await jar.read(entry, mostUnpacked))?.toString('latin1') ?? '')) return true;
  }
  return false;
}

function textOf(path: string): string {
  try {
    return readRegularFile(path, longestText).toString('latin1');
  } catch {
    return '';
  }
}

const isNamed = (text: string): boolean => text.includes('spark.local.dir');
const noteOf = (batchFolder: string): string => join(batchFolder, 'own-local-dir');

const importing = /^[ \t]*(?:from|import)[ \t]+(\w+)/gm;
const mostFiles = 50;
/** Bytes. */
const longestText = 2 ** 20;
const mostUnpacked = 16 * 2 ** 20;
