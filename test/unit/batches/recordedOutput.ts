import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a program that was run by spark-submit 4.3.0 left in its two streams: recorded, then cut down (informational
 * lines and most of Java's frames are gone).
 */
export function recordedOutput(name: string): { stdout: string; stderr: string } {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'outputs', name);
  return {
    stdout: readFileSync(join(folder, 'stdout.log'), 'utf8'),
    stderr: readFileSync(join(folder, 'stderr.log'), 'utf8'),
  };
}
