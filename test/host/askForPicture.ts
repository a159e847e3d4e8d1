import type { Context } from 'mocha';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds. */
const limit = 20_000;

/**
 * A root hook. Code in the extension host can't see the window, but whoever drives it can: after a failed test a file
 * is put for scripts/hostTests.ts to find, with the test's title, and the next test waits until it is taken.
 */
export async function askForPicture(this: Context): Promise<void> {
  const folder = process.env['SPARKDECK_HOST_PICTURES'];
  const test = this.currentTest;
  if (!folder || test?.state !== 'failed') return;
  const request = join(folder, `${Date.now()}.request`);
  writeFileSync(request, test.fullTitle());
  for (const end = Date.now() + limit; existsSync(request) && Date.now() < end;) await delay(50);
}
