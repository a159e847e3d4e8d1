import { cpSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../scripts/build.ts';
import { onProcessExit } from '../support/exitCleanup.ts';
import { failurePicture } from '../support/screenshots.ts';
import { makeTestData, type TestData } from '../support/testData.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

/** Milliseconds: the first time, VS Code is downloaded. */
const openLimit = 15 * 60_000;

interface DeckOptions extends Partial<WorkbenchOptions> {
  /** Closed after the workbench: a window that is still open would start its backend again. Absent: one is made. */
  data?: TestData;
  /** Adds to the copy of examples/ before it is opened. */
  prepare?: (folder: string) => void;
}

/**
 * Gives the tests of the surrounding `describe` one workbench with the packaged extension installed, on a copy of
 * examples/ and a data folder of its own; closes all of it after them. A failed test leaves a picture in test-results/.
 */
export function useDeckWorkbench({ data: given, prepare, ...options }: DeckOptions = {}): () => Workbench {
  const closers: (() => unknown)[] = [];
  let workbench: Workbench | undefined;

  before('open the workbench', async function () {
    this.timeout(openLimit);
    const data = given ?? makeTestData();
    closers.push(() => data.close());
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-examples-'));
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    closers.push(onProcessExit(remove), remove);
    cpSync(join(projectFolder, 'examples'), folder, { recursive: true });
    prepare?.(folder);
    workbench = await openWorkbench({
      folder,
      extensions: [packagedExtension()],
      ...options,
      env: { ...data.env, ...options.env },
    });
    closers.push(workbench.close);
  });

  afterEach('keep a picture of a failure', async function () {
    if (this.currentTest?.state !== 'failed' || !workbench) return;
    const file = failurePicture('browser', this.currentTest.fullTitle());
    await workbench.screenshot(file);
    console.log(`      picture: ${file}`);
  });

  after('close the workbench', async function () {
    this.timeout(120_000);
    for (let close = closers.pop(); close; close = closers.pop()) await close();
  });

  return () => {
    if (!workbench) throw new Error('The workbench is open in tests and their hooks alone.');
    return workbench;
  };
}

/** What `npm run package` has built; `npm run test:browser` does it first. */
function packagedExtension(): string {
  const [vsix] = globSync('sparkdeck-*.vsix', { cwd: projectFolder });
  if (!vsix) throw new Error('There is no package to test. Make one: npm run package');
  return join(projectFolder, vsix);
}
