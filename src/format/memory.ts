/** MiB as Spark writes them: "512 MB", "1.5 GB", binary units. */
export function formatMemory(mebibytes: number): string {
  if (mebibytes < 1024) return `${mebibytes} MB`;
  return `${Number((mebibytes / 1024).toFixed(1))} GB`;
}

const unitsInMebibytes = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 };

/** MiB of a Spark memory size, "512m" or "2g"; undefined when it is none. */
export function parseMemory(size: string): number | undefined {
  const [, digits, unit] = /^([1-9]\d*)([kmgt])$/i.exec(size) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const factor = Object.entries(unitsInMebibytes).find(([name]) => name === unit.toLowerCase())?.[1];
  return factor === undefined ? undefined : Number(digits) * factor;
}
