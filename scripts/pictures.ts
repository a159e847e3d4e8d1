import { join } from 'node:path';
import { messageOf } from '../server/protocol/errors.ts';
import { makeTestData } from '../test/support/testData.ts';
import { openWorkbench, type Workbench } from '../test/support/workbench.ts';
import { build, projectFolder } from './build.ts';
import { ensureSystem } from './system.ts';

const pictures = join(projectFolder, 'docs', 'pictures');

/** `npm run pictures`: takes the pictures of docs/pictures from the real product. */
async function main(): Promise<void> {
  await ensureSystem(['browser']);
  await build({ production: false });
  const data = makeTestData();
  const workbench = await openWorkbench({
    folder: join(projectFolder, 'examples'),
    extensions: [projectFolder],
    env: data.env,
    size: { width: 1280, height: 800 },
    scale: 1.5,
  });
  try {
    await overview(workbench);
  } finally {
    await workbench.close();
    await data.close();
  }
}

/** The views of the extension beside an example. */
async function overview(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'word_count.py' }).dblclick();
  await page.locator('.monaco-editor .view-line', { hasText: 'import' }).first().waitFor();
  await page.locator('.activitybar .action-label[aria-label="Sparkdeck"]').click();
  await page.locator('.sidebar .pane-header', { hasText: 'Jobs' }).waitFor();
  // The extension has started, has asked its backend, and says what can be done.
  await page.locator('.sidebar .welcome-view-content .monaco-button').first().waitFor();
  await page.locator('.sidebar .monaco-progress-container.active').first().waitFor({ state: 'hidden' });
  await take(workbench, 'overview');
}

async function take(workbench: Workbench, name: string): Promise<void> {
  // Away from what would show a tooltip.
  await workbench.page.mouse.move(0, 0);
  const file = join(pictures, `${name}.png`);
  await workbench.screenshot(file);
  console.log(file);
}

await main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
