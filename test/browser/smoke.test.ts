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
    await workbench().find('F1', '>Submit Current File to Spark', /submit current file to spark/i);
    await page.keyboard.press('Escape');
  });
});
