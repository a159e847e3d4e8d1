import assert from 'node:assert/strict';
import { useDeckWorkbench } from './deckWorkbench.ts';
import { DeckPage } from './deckPage.ts';

describe('a folder that is not trusted', () => {
  const workbench = useDeckWorkbench({
    workspaceTrust: true,
    settings: {
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
  });
  const submit = '.editor-actions .action-label[aria-label^="Submit Current File to Spark"]';

  it('is told about instead of offered clusters', async () => {
    const deck = new DeckPage(workbench());
    await deck.open();
    await deck.view('Clusters').getByText('only in a workspace that you trust').waitFor();
    await deck.button('Manage Workspace Trust').waitFor();
    assert.equal(await deck.button('Start a Local Cluster').count(), 0);
  });

  it('can submit neither from the editor nor from the palette', async () => {
    const { page } = workbench();
    await new DeckPage(workbench()).openFile('word_count.py');
    await page.locator('.editor-actions .action-label').first().waitFor();
    assert.equal(await page.locator(submit).count(), 0);
    await workbench().find('F1', '>Sparkdeck: ', 'Sparkdeck: Doctor');
    assert.equal(await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Submit' }).count(), 0);
    await page.keyboard.press('Escape');
  });

  it('gets all of it once it is trusted', async () => {
    const { page } = workbench();
    await workbench().command('Workspaces: Manage Workspace Trust');
    await page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: 'Trust', exact: true })
      .first()
      .click();
    await page.locator('.workspace-trust-editor').getByText('You trust this folder').waitFor();
    await page.keyboard.press('Escape');
    await page.locator(submit).waitFor();
    await new DeckPage(workbench()).button('Start a Local Cluster').waitFor();
  });
});
