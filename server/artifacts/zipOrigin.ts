/** What reads a file in pieces. */
interface Reader {
  /** @throws RangeError when the file ends before */
  readBytes: (position: number, length: number) => Promise<Buffer>;
}

/**
 * Where a zip begins in its file, in bytes. Its directory counts from there, and something may stand before it: a script
 * that makes the jar a program. As the JVM does, the directory is looked for from the end, just before its end record.
 * @returns 0 also for what is no zip
 * See APPNOTE.TXT of PKWARE, 4.3.14 to 4.3.16.
 */
export async function zipOrigin(reader: Reader, size: number): Promise<number> {
  const tailStart = Math.max(0, size - endSize - longestComment);
  const tail = await reader.readBytes(tailStart, size - tailStart);
  const end = findEnd(tail);
  if (end === undefined) return 0;
  const record = tail.subarray(end);
  const wide = await wideEnd(reader, tail, { end, tailStart });
  const { at, length, offset } = wide ?? {
    at: tailStart + end,
    length: record.readUInt32LE(12),
    offset: record.readUInt32LE(16),
  };
  const origin = at - length - offset;
  return Number.isSafeInteger(origin) && origin > 0 ? origin : 0;
}

const endSize = 22;
const longestComment = 0xffff;
const endSignature = 0x06054b50;
const locatorSize = 20;
const locatorSignature = 0x07064b50;
const wideSize = 56;
const wideSignature = 0x06064b50;

/** The last one whose comment ends with the file. */
function findEnd(tail: Buffer): number | undefined {
  for (let at = tail.length - endSize; at >= 0; at--) {
    const isEnd = tail.readUInt32LE(at) === endSignature;
    if (isEnd && at + endSize + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  return undefined;
}

/** The end record of a zip of more than 4 GiB or 65,535 files. It stands before its locator. */
async function wideEnd(
  reader: Reader,
  tail: Buffer,
  { end, tailStart }: { end: number; tailStart: number },
): Promise<{ at: number; length: number; offset: number } | undefined> {
  const locator = end - locatorSize;
  if (locator < 0 || tail.readUInt32LE(locator) !== locatorSignature) return undefined;
  const at = tailStart + locator - wideSize;
  if (at < 0) return undefined;
  const record = await reader.readBytes(at, wideSize);
  if (record.readUInt32LE(0) !== wideSignature) return undefined;
  return { at, length: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
}
