import { watch } from 'node:fs';

/**
 * Calls back when something in a folder, or a file, changes, with its name where the system tells it. Where the kernel has no watch to give (none left, or a file
 * system without), nothing is called: whoever uses this looks now and then as well.
 * @returns what ends the watching
 */
export function watchPath(
  path: string,
  onChange: (name: string | null) => void,
  options: { recursive?: boolean } = {},
): () => void {
  try {
    const watcher = watch(path, options, (_, name) => onChange(name));
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}
