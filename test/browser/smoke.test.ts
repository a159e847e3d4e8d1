import { useDeckWorkbench } from './deckWorkbench.ts';

describe('the packaged extension in the workbench', () => {
  const workbench = useDeckWorkbench();

  it('has its place in the activity bar, with the two views', async () => {
    const { page } = workbench();
    await page.locator('.activitybar .action-label[aria-label="Sparkdeck"]').click();
    for (const view of ['Clusters', 'Jobs']) {
      await page.locator('.sidebar .pane-header', { hasText: view }).waitFor();
    }
  });

  it('offers the submit command in the palette', async () => {
    const { page } = workbench();
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').first().fill('>Submit Current File to Spark');
    await page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: /submit current file to spark/i })
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
  });
});
