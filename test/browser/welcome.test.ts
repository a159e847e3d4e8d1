import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestData } from '../support/testData.ts';
import { DeckPage } from './deckPage.ts';
import { useDeckWorkbench } from './deckWorkbench.ts';

describe('a data folder that cannot be used', () => {
  const data = makeTestData();
  // A file where the folder should be: also root can't write into it.
  const blocked = join(data.folder, 'blocked');
  writeFileSync(blocked, '');
  const workbench = useDeckWorkbench({ data, env: { SPARKDECK_HOME: blocked } });

  it('is told by the view, which tries again when asked to', async () => {
    const deck = new DeckPage(workbench());
    await deck.open();
    await deck.view('Clusters').getByText("backend can't be reached").waitFor();
    await deck.view('Jobs').getByText('shown again when the backend is back').waitFor();
    rmSync(blocked);
    mkdirSync(blocked);
    await deck.button('Try Again').click();
    await deck.button('Start a Local Cluster').or(deck.button('Install Spark')).first().waitFor();
  });
});

describe('a Java that is none', () => {
  const workbench = useDeckWorkbench({ settings: { 'sparkdeck.javaHome': '/nowhere' } });

  it('is told by the view, and the doctor says what to do', async () => {
    const deck = new DeckPage(workbench());
    await deck.open();
    await deck.view('Clusters').getByText('No Java was found that Spark runs on').waitFor();
    await deck.button('Open Doctor').click();
    const page = await workbench().webview('h1:has-text("Sparkdeck Doctor")');
    await page.getByText('Not ready').waitFor();
    await page.getByText('/nowhere').first().waitFor();
  });
});

describe('a damaged database', () => {
  const data = makeTestData();
  writeFileSync(join(data.folder, 'sparkdeck.sqlite'), 'no database at all'.repeat(1000));
  const workbench = useDeckWorkbench({ data });

  it('is told once', async () => {
    const { page } = workbench();
    const deck = new DeckPage(workbench());
    await deck.open();
    const notice = page.locator('.notification-toast', { hasText: 'It was set aside as' });
    await notice.waitFor();
    await page.keyboard.press('Escape');
    await workbench().command('Notifications: Clear All Notifications');
    await workbench().command('Sparkdeck: Restart Backend Connection');
    await deck.button('Open Doctor').waitFor();
    assert.equal(await notice.count(), 0);
  });
});
