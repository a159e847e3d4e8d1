const units: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes of a Spark memory size such as "512m" or "2g". */
export function bytesOf(size: string): number {
  const [, number, unit] = /^(\d+)([kmgt])$/i.exec(size) ?? [];
  const factor = units[unit?.toLowerCase() ?? ''];
  if (number === undefined || factor === undefined) throw new RangeError(`not a memory size: ${size}`);
  return Number(number) * factor;
}

/** A number of bytes for a person: "1.5 GiB". */
export function formatBytes(bytes: number): string {
  const [divisor, unit] = bytes >= 2 ** 30 ? [2 ** 30, 'GiB'] : [2 ** 20, 'MiB'];
  return `${Math.round((bytes / divisor) * 10) / 10} ${unit}`;
}
