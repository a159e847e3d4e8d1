import assert from 'node:assert/strict';
import { connectBackend } from '../../server/client/connectBackend.ts';
import { installTimeout, testRuntime } from '../spark/support/runtime.ts';
import { makeTestData } from '../support/testData.ts';
import { useDeckWorkbench } from './deckWorkbench.ts';
import { DeckPage, sparkLimit } from './deckPage.ts';

/** A user's afternoon, click by click; each step goes on from the one before. */
describe('a cluster and its jobs, by clicking', function () {
  this.timeout(sparkLimit * 2);
  const data = makeTestData();
  const env: NodeJS.ProcessEnv = { ...data.env };

  before('have a Spark', async function () {
    this.timeout(installTimeout);
    const { java, spark, python } = await testRuntime();
    Object.assign(env, { JAVA_HOME: java.home, SPARK_HOME: spark.home, PYSPARK_PYTHON: python.path });
  });

  const workbench = useDeckWorkbench({
    data,
    env,
    // In a browser VS Code saves by itself, and nothing would be unsaved.
    settings: { 'files.autoSave': 'off' },
  });
  let deck: DeckPage;

  before(() => {
    deck = new DeckPage(workbench());
  });

  it('starts a cluster from the welcome view', async () => {
    await deck.open();
    await deck.button('Start a Local Cluster').click();
    await deck.answerText(undefined, '(1/4)');
    await deck.answerText('1', '(2/4)');
    await deck.answerText('2', '(3/4)');
    await deck.answerText('1g', '(4/4)');
    await deck.row('Clusters', /local\s*starting/).waitFor();
    await deck.row('Clusters', /local\s*running · 1 worker, 2 cores, 1 GB/).waitFor({ timeout: sparkLimit });
    await deck.row('Clusters', /Workers\s*1 alive · 0\/2 cores used/).waitFor();
  });

  it('submits the file in the editor by one click, and shows it run to its end', async () => {
    await deck.openFile('word_count.py');
    await deck.submitOpenFile();
    await deck.row('Jobs', /word_count\s*(queued|starting|running)/).waitFor();
    await deck.statusItem.filter({ hasText: /1 running · word_count/ }).waitFor();
    await deck.row('Clusters', /Applications\s*1 running/).waitFor({ timeout: sparkLimit });
    await deck.row('Jobs', /word_count\s*success · /).waitFor({ timeout: sparkLimit });
    await deck.statusItem.waitFor({ state: 'hidden' });
  });

  it('unfolds it into jobs and stages with their tasks', async () => {
    await deck
      .row('Jobs', /word_count/)
      .locator('.monaco-tl-twistie')
      .click();
    await deck.row('Jobs', /^Job \d+: .*succeeded · \d+\/\d+ tasks/).waitFor();
    await deck
      .row('Jobs', /^Job \d+: /)
      .locator('.monaco-tl-twistie')
      .click();
    await deck.row('Jobs', /^Stage \d+: .*(complete · \d+\/\d+ tasks|skipped)/).waitFor();
    await deck
      .row('Jobs', /word_count\s*success/)
      .locator('.monaco-tl-twistie')
      .click();
  });

  it("shows the program's output in the log, and all of Spark's lines when asked to", async () => {
    await deck.terminal.filter({ hasText: /but\s+170\s*success · / }).waitFor();
    assert.doesNotMatch((await deck.terminal.textContent()) ?? '', /INFO|WARN/);
    await workbench().command("Sparkdeck: Show All of Spark's Log Lines");
    // Only the rows in sight are in the page, and Spark's own words are further up, once all is drawn again.
    const endOfWait = Date.now() + sparkLimit;
    while (!/INFO/.test((await deck.terminal.textContent()) ?? '')) {
      assert.ok(Date.now() < endOfWait, "Spark's own lines are not there");
      await workbench().command('Terminal: Scroll to Top');
    }
    await workbench().command("Sparkdeck: Show Only Spark's Warnings and Errors");
    await workbench().command('Terminal: Scroll to Bottom');
    await deck.terminal.filter({ hasText: /but\s+170\s*success · / }).waitFor();
    assert.doesNotMatch((await deck.terminal.textContent()) ?? '', /INFO/);
  });

  it('kills a running job by the icon on its row', async () => {
    await deck.openFile('slow.py');
    await deck.submitOpenFile();
    await deck.statusItem
      .filter({ hasText: /1 running · slow \d+\/60 tasks/ })
      .waitFor({ timeout: sparkLimit });
    await deck.row('Jobs', /slow\s*running · \d+\/60 tasks/).waitFor();
    await deck.inline(deck.row('Jobs', /slow\s*running/), 'Kill Job');
    await deck.row('Jobs', /slow\s*killed/).waitFor({ timeout: sparkLimit });
    await deck.terminal.filter({ hasText: /killed · / }).waitFor();
    await deck.row('Clusters', /Applications\s*0 running/).waitFor({ timeout: sparkLimit });
  });

  it('runs it again by another icon, through the death of the backend, until Ctrl-C in its terminal', async () => {
    await deck.inline(deck.row('Jobs', /slow\s*killed/), 'Rerun Job');
    await deck.row('Jobs', /slow\s*running · [1-9]\d*\/60 tasks/).waitFor({ timeout: sparkLimit });
    await killBackend(data.folder);
    await deck.terminal.filter({ hasText: /60 tasks of 2 s each/ }).waitFor();
    const { page } = workbench();
    await page.locator('.panel .terminal-wrapper.active .xterm').click();
    await page.keyboard.press('Control+c');
    await deck.terminal.filter({ hasText: /killed · / }).waitFor({ timeout: sparkLimit });
    const killed = deck.view('Jobs').locator('.monaco-list-row', { hasText: /slow\s*killed/ });
    await killed.nth(1).waitFor();
  });

  it('says why a job failed, and marks the line', async () => {
    const { page } = workbench();
    await deck.openFile('failing.py');
    await deck.submitOpenFile();
    await deck
      .row('Jobs', /failing\s*dead · ValueError: could not convert string to float/)
      .waitFor({ timeout: sparkLimit });
    await page.locator('.notification-toast', { hasText: /failing failed: ValueError/ }).waitFor();
    await page.keyboard.press('Control+Shift+m');
    const entry = page.locator('.markers-panel .monaco-list-row', {
      hasText: /could not convert string to float.*Spark/,
    });
    await entry.waitFor();
    await entry.click();
    await page.locator('.editor-instance .view-line', { hasText: 'fahrenheit = float(reading)' }).waitFor();
  });

  it('submits what is seen in the editor, unsaved changes too, and clears the marks when it succeeds', async () => {
    const { page } = workbench();
    await deck.openFile('failing.py');
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('print("all is well")\n');
    await page.locator('.tabs-container .tab.active.dirty').waitFor();
    await deck.submitOpenFile();
    await page.locator('.tabs-container .tab.active:not(.dirty)').waitFor();
    await deck.row('Jobs', /failing\s*success/).waitFor({ timeout: sparkLimit });
    await page
      .locator('.markers-panel .monaco-list-row', { hasText: /could not convert/ })
      .waitFor({ state: 'hidden' });
  });

  it('asks for everything in "Submit with…", and shows the arguments to the program', async () => {
    const { page } = workbench();
    await deck.openFile('failing.py');
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('import sys\nprint(sys.argv[1:])\n');
    await workbench().command('Sparkdeck: Submit Current File to Spark with…');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'local mode' }).click();
    await deck.answerText(`"two words" it\\'s`, '(2/5)');
    await deck.answerText('512m', '(3/5)');
    await deck.answerText('', '(4/5)');
    await deck.answerText('spark.ui.enabled=false', '(5/5)');
    await deck.terminal.filter({ hasText: /\['two words', "it's"\]/ }).waitFor({ timeout: sparkLimit });
  });

  it('shows what the doctor found', async () => {
    await workbench().command('Sparkdeck: Doctor');
    const page = await workbench().webview('h1:has-text("Sparkdeck Doctor")');
    await page.locator('p', { hasText: /Ready: jobs run with Spark \d/ }).waitFor();
  });

  it('stops the cluster, which stays in the list to be started again', async () => {
    await deck.inline(deck.row('Clusters', /local\s*running/), 'Stop Cluster');
    await deck.row('Clusters', /local\s*stopped/).waitFor({ timeout: sparkLimit });
  });
});

async function killBackend(dataFolder: string): Promise<void> {
  const client = await connectBackend({ dataFolder });
  const { pid } = await client.request('backend/status', {});
  process.kill(pid, 'SIGKILL');
  await client.closed;
  client.close();
}
