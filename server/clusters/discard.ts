import { existsSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const prefix = 'removed-';

/**
 * Takes a folder away at once under its name, and its contents, which may be gigabytes, little by little.
 * @throws when it can't be renamed, or not be emptied: then `sweep` has another go
 */
export async function discard(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const aside = join(dirname(folder), `${prefix}${basename(folder)}-${Date.now()}`);
  renameSync(folder, aside);
  await rm(aside, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes what an earlier `discard` didn't come to the end of. */
export async function sweep(parent: string): Promise<void> {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent).filter(each => each.startsWith(prefix))) {
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
