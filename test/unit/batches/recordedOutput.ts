import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFiles } from '../../../server/batches/sourceFiles.ts';

/**
 * What a program left in its two streams: recorded, then cut down (informational lines and most of Java's frames are
 * gone). Most were run by spark-submit 4.3.0; some that don't use Spark by Python with both streams in one, as
 * spark-submit joins them, or by Java.
 */
export function recordedOutput(name: string): { stdout: string; stderr: string } {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'outputs', name);
  return {
    stdout: readFileSync(join(folder, 'stdout.log'), 'utf8'),
    stderr: readFileSync(join(folder, 'stderr.log'), 'utf8'),
  };
}

/** The project whose programs were recorded: its files are all there, but nobody knows their text. */
export const recordedSources: SourceFiles = {
  find: file => file,
  line: () => undefined,
};
