import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Whether a module, by its import.meta.url, is the program that Node was started with. */
export function isMain(url: string): boolean {
  const [, program] = process.argv;
  return program !== undefined && pathToFileURL(realpathSync(program)).href === url;
}
