import { InvalidArgumentError } from 'commander';
import { Value } from 'typebox/value';
import { plainSize } from '../../clusters/memory.ts';
import { MemorySize } from '../../protocol/cluster.ts';
import { Duration, secondsOf } from '../../protocol/duration.ts';

/** A whole number of at least `minimum`. */
export function wholeNumber(minimum: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`Give a whole number of at least ${minimum}.`);
    }
    return value;
  };
}

/** 0 stands for a free one. */
export function portNumber(text: string): number {
  const port = wholeNumber(0)(text);
  if (port > 65_535) throw new InvalidArgumentError('A port is at most 65535.');
  return port;
}

export const batchId = wholeNumber(1);

/** A number that is not negative, or the word "default". */
export function limitOf(kind: 'whole' | 'any'): (text: string) => number | 'default' {
  return text => {
    if (text === 'default') return text;
    if (kind === 'whole') return wholeNumber(0)(text);
    if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Give a number, or the word default.');
    return Number(text);
  };
}

/** A whole number of at least 1, or the word "default". */
export const positiveLimit = (text: string): number | 'default' =>
  text === 'default' ? text : wholeNumber(1)(text);

export function port(text: string): number {
  const value = wholeNumber(1)(text);
  if (value > 65535) throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  return value;
}

/** A memory size in any spelling that Spark reads; a number alone is MiB. */
export function memorySize(text: string): string {
  if (!Value.Check(MemorySize, text)) {
    throw new InvalidArgumentError('Give a number and a unit, such as 512m or 2g.');
  }
  return plainSize(text);
}

/** A time with its unit, in seconds. */
export function duration(text: string): number {
  if (!Value.Check(Duration, text)) throw new InvalidArgumentError('Give a number and a unit: 30m, 12h, 7d.');
  return secondsOf(text);
}

/** Collects KEY=VALUE options. The value may hold further equals signs, or be empty. */
export function keyValue(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Give KEY=VALUE.');
  return { ...earlier, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

/** A comma-separated list; the option may also be given several times. */
export function commaList(text: string, earlier: string[] = []): string[] {
  const items = text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
  return [...earlier, ...items];
}

/** A memory size, or the word "default". */
export const memoryLimit = (text: string): string => (text === 'default' ? text : memorySize(text));
