/** Bytes as Spark's sizes are written here, in binary units: "512 B", "1.5 KB", "120 MB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const next of ['KB', 'MB', 'GB', 'TB', 'PB']) {
    // From there on it would be rounded to 1024.
    if (value < 1023.5) break;
    value /= 1024;
    unit = next;
  }
  return `${unit === 'B' || value >= 9.95 ? Math.round(value) : Number(value.toFixed(1))} ${unit}`;
}
