const factors: Readonly<Record<string, number>> = {
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** Bytes of a memory size as Spark reads one: "512m", "2GB"; a number alone is MiB. */
export function bytesOf(size: string): number {
  const bytes = sizeIn(size);
  if (bytes === undefined) throw new RangeError(`not a memory size: ${size}`);
  return bytes;
}

/** The same, and undefined for what is no memory size. */
export function sizeIn(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,16})(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const letter = unit?.toLowerCase() ?? (/b$/i.test(text.trim()) ? 'b' : 'm');
  return Number(number) * (factors[letter] ?? 1);
}

/**
 * A memory size in the spelling that a JVM takes too: a whole number and one of k, m, g, t. Spark's launcher hands
 * the driver's memory to the JVM as it is written.
 */
export function plainSize(size: string): string {
  if (/^\d+[kmgt]$/i.test(size)) return size;
  const bytes = sizeIn(size);
  if (bytes === undefined) return size;
  const unit = ['t', 'g', 'm'].find(each => bytes > 0 && bytes % bytesOf(`1${each}`) === 0) ?? 'k';
  return `${Math.floor(bytes / bytesOf(`1${unit}`))}${unit}`;
}

/** A number of bytes for a person: "1.5 GiB". */
export function formatBytes(bytes: number): string {
  const [divisor, unit] = bytes >= 2 ** 30 ? [2 ** 30, 'GiB'] : [2 ** 20, 'MiB'];
  return `${Math.round((bytes / divisor) * 10) / 10} ${unit}`;
}
