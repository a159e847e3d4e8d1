import assert from 'node:assert/strict';
import { installTimeout, testRuntime } from '../spark/support/runtime.ts';
import { DeckPage, sparkLimit } from './deckPage.ts';
import { useDeckWorkbench } from './deckWorkbench.ts';

describe('more jobs than may run, by clicking', function () {
  this.timeout(sparkLimit * 2);
  const env: NodeJS.ProcessEnv = {};

  before('have a Spark', async function () {
    this.timeout(installTimeout);
    const { java, spark, python } = await testRuntime();
    Object.assign(env, { JAVA_HOME: java.home, SPARK_HOME: spark.home, PYSPARK_PYTHON: python.path });
  });

  const workbench = useDeckWorkbench({ env, settings: { 'sparkdeck.maxRunning': 1 } });
  let deck: DeckPage;

  before(() => {
    deck = new DeckPage(workbench());
  });

  const submit = async (file: string): Promise<void> => {
    await deck.openFile(file);
    await deck.submitOpenFile();
  };

  it('wait in a queue, each with its place', async () => {
    await deck.open();
    await deck.button('Submit Current File to Spark').waitFor();
    await submit('slow.py');
    await deck.answer('local mode');
    await deck.row('Jobs', /slow\s*(starting|running)/).waitFor();
    await submit('word_count.py');
    await deck.row('Jobs', /word_count\s*queued · 1st/).waitFor();
    await deck.submitOpenFile();
    await submit('pi.py');
    await deck.row('Jobs', /pi\s*queued · 3rd/).waitFor();
    await deck.statusItem.filter({ hasText: /1 running, 3 queued · slow/ }).waitFor();
  });

  it('go to the front', async () => {
    await deck.choose(deck.row('Jobs', /pi\s*queued · 3rd/), 'Move to Front of Queue');
    await deck.row('Jobs', /pi\s*queued · 1st/).waitFor();
    await deck.row('Jobs', /word_count\s*queued · 3rd/).waitFor();
  });

  it('are cancelled', async () => {
    await deck.inline(deck.row('Jobs', /word_count\s*queued · 3rd/), 'Kill Job');
    await deck.row('Jobs', /word_count\s*killed/).waitFor();
    await deck.inline(deck.row('Jobs', /word_count\s*queued · 2nd/), 'Kill Job');
    await deck.statusItem.filter({ hasText: /1 running, 1 queued/ }).waitFor();
  });

  it("have the running one's Spark UI in the browser", async () => {
    const { page } = workbench();
    const running = deck.row('Jobs', /slow\s*running · \d+\/60 tasks/);
    await running.waitFor({ timeout: sparkLimit });
    const opened = page.context().waitForEvent('page');
    await deck.inline(running, 'Open Spark UI');
    const sparkUi = await opened;
    await sparkUi.getByText('Spark Jobs').first().waitFor();
    assert.match(await sparkUi.title(), /^Slow - Spark Jobs$/);
    await sparkUi.close();
  });

  it('start when there is room', async () => {
    await deck.inline(deck.row('Jobs', /slow\s*running/), 'Kill Job');
    await deck.row('Jobs', /pi\s*success/).waitFor({ timeout: sparkLimit });
  });

  it('have their output searched, and the file opened at the line', async () => {
    const { page } = workbench();
    await deck.choose(deck.row('Jobs', /pi\s*success/), 'Search in Output…');
    await page.locator('.quick-input-widget input').first().fill('SUCCESSFULLY stopped');
    await deck.answer('Successfully stopped SparkContext');
    await page.locator('.tabs-container .tab.active', { hasText: 'stderr.log' }).waitFor();
    await page
      .locator('.editor-instance .view-line', { hasText: /Successfully.stopped.SparkContext/ })
      .waitFor();
  });
});
