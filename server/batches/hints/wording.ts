import type { StageProgress } from '../../protocol/batch.ts';

/** "1.2 s", "47 s", "3 min 05 s", "2 h 10 min"; from milliseconds. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 9950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.round(milliseconds / 60_000);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** "512 bytes", "1.5 KiB", "120 MiB". */
export function size(bytes: number): string {
  if (bytes < 1024) return counted(bytes, 'byte');
  let value = bytes;
  let unit = '';
  for (const next of ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']) {
    // From there on it would be rounded to 1024.
    if (unit !== '' && value < 1023.5) break;
    value /= 1024;
    unit = next;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** "1 task", "2,000 tasks". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** "37 %", from a share of 1. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? '<1' : Math.round(value)} %`;
}

/** "12 times", "3.4 times". */
export function times(factor: number): string {
  return `${factor < 9.95 ? Number(factor.toFixed(1)) : Math.round(factor).toLocaleString('en')} times`;
}

/** "stage 3 (count at wordCount.py:12)": with the place in the program, if Spark knows it, without its folders. */
export function stageName({ id, name }: Pick<StageProgress, 'id' | 'name'>): string {
  // What Spark calls by a place in itself says nothing to the reader.
  if (name === '' || name.startsWith('$anonfun')) return `stage ${id}`;
  return `stage ${id} (${name.replace(/ at .*[/\\]/, ' at ')})`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
