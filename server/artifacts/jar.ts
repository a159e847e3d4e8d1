import { inflateRawSync } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import { openRegularFile } from '../store/regularFile.ts';
import { BlockReader } from './blockReader.ts';
import { zipOrigin } from './zipOrigin.ts';

/** What is in a jar, one entry at a time, in the jar's order: nothing but the entry at hand is kept in memory. */
export interface Jar {
  entries(): AsyncIterable<Entry>;
  /** The entry's content, unpacked; undefined when it is larger than `limit` bytes, damaged or encrypted. */
  read(entry: Entry, limit: number): Promise<Buffer | undefined>;
}

/**
 * Opens a jar, hands it to `use` and closes it again. `entries()` may be gone through once.
 * Throws SparkdeckError: `file.missing` when there is no such file, `file.kind` when it isn't a (whole) jar.
 */
export async function withJar<T>(jarFile: string, use: (jar: Jar) => Promise<T>): Promise<T> {
  await using handle = await openRegularFile(jarFile);
  const { size } = await handle.stat();
  const origin = await zipOrigin(new BlockReader(handle), size);
  const reader = new BlockReader(handle, origin);
  const zip = await openZip(reader, size - origin, jarFile);
  return await use({
    entries: () => notAJarOnError(zip, jarFile),
    read: async (entry, limit) =>
      Math.max(entry.compressedSize, entry.uncompressedSize) > limit
        ? undefined
        : readEntry(zip, reader, entry),
  });
}

async function openZip(reader: BlockReader, size: number, jarFile: string): Promise<ZipFile> {
  try {
    return await yauzl.fromRandomAccessReaderPromise(reader, size, { autoClose: false, lazyEntries: true });
  } catch (error) {
    throw notAJar(jarFile, error);
  }
}

/**
 * Not by yauzl's stream: a jar has thousands of small entries, and setting up a stream for each takes several times as
 * long as unpacking it.
 */
async function readEntry(zip: ZipFile, reader: BlockReader, entry: Entry): Promise<Buffer | undefined> {
  if (!entry.canDecodeFileData()) return undefined;
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = await reader.readBytes(fileDataStart, entry.compressedSize);
    if (entry.compressionMethod === stored) return packed;
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
  } catch {
    return undefined; // damaged, or larger than it says
  }
}

const stored = 0;

async function* notAJarOnError(zip: ZipFile, jarFile: string): AsyncIterable<Entry> {
  const entries = zip.eachEntry();
  while (true) {
    let next: IteratorResult<Entry>;
    try {
      next = await entries.next();
    } catch (error) {
      throw notAJar(jarFile, error);
    }
    if (next.done === true) return;
    yield next.value;
  }
}

function notAJar(jarFile: string, cause: unknown): SparkdeckError {
  return new SparkdeckError(
    'file.kind',
    `${jarFile} is not a whole jar (${messageOf(cause)}). Build it again, or choose another file.`,
    { cause },
  );
}
