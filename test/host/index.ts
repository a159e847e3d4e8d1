import Mocha from 'mocha';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import CountingReporter from '../../scripts/countingReporter.ts';
import { askForPicture } from './askForPicture.ts';

/**
 * What VS Code calls in its extension host: runs the suites that scripts/hostTests.ts has bundled beside this file.
 * Where SPARKDECK_HOST_REPORT names a file the report goes there, because nobody sees a remote host's console.
 * @throws Error when a test fails
 */
export async function run(): Promise<void> {
  const { SPARKDECK_HOST_REPORT: report, SPARKDECK_HOST_GREP: grep } = process.env;
  if (report) {
    Mocha.reporters.Base.consoleLog = (...line) => appendFileSync(report, `${format(...line)}\n`);
  }
  // Traces name the .ts files.
  process.setSourceMapsEnabled(true);
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: CountingReporter,
    timeout: 120_000,
    slow: 5000,
    forbidOnly: true,
    failZero: true,
    rootHooks: { afterEach: askForPicture },
    ...(grep ? { grep } : {}),
  });
  for (const file of readdirSync(import.meta.dirname)) {
    if (file.endsWith('.test.cjs')) mocha.addFile(join(import.meta.dirname, file));
  }
  const failures = await new Promise<number>(resolve => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} of the tests in the extension host failed.`);
}
