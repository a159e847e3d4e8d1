import assert from 'node:assert/strict';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { Token } from '../../server/protocol/team.ts';
import { ServedBackend } from '../clients/support/servedBackend.ts';
import { installTimeout, testRuntime } from '../spark/support/runtime.ts';
import { findChromium } from '../support/chromium.ts';
import { failurePicture } from '../support/screenshots.ts';
import { sparkLimit } from './deckPage.ts';

/** Tasks that take long enough to be seen, and output with what a page must not take as its own. */
const job = `
import time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("<b>bold</b> <script>document.title = 'mine'</script>", flush=True)
print(spark.sparkContext.parallelize(range(8), 8).map(lambda n: (time.sleep(0.3), n)[1]).sum(), flush=True)
time.sleep(600)
`;

describe('the page of a served backend in Chromium', function () {
  this.timeout(2 * sparkLimit);
  let served: ServedBackend;
  let browser: Browser;
  let page: Page;
  let token: string;
  const faults: string[] = [];

  before(async function () {
    this.timeout(installTimeout);
    await testRuntime();
    served = await ServedBackend.start();
    token = await served.token({ role: 'admin' });
    browser = await chromium.launch({ executablePath: findChromium(process.env), args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: 'light' });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', error => faults.push(error.message));
    page.on('console', message => {
      // A refused token is one of the tests.
      if (message.type() === 'error' && !message.text().includes('401')) faults.push(message.text());
    });
  });

  afterEach('keep a picture of a failure', async function () {
    if (this.currentTest?.state !== 'failed') return;
    const path = failurePicture('page', this.currentTest.fullTitle());
    await page.screenshot({ path });
    console.log(`      picture: ${path}`);
  });

  after(async function () {
    this.timeout(120_000);
    await browser?.close();
    await served?.stop();
  });

  const post = async (what: string, body: object): Promise<void> => {
    const answer = await fetch(`${served.address}/api/sparkdeck/v1/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(answer.ok, true, await answer.text());
  };
  const submit = async (name: string, text: string, more = {}): Promise<void> => {
    const file = served.script(name, text);
    await post('batches', { file, conf: { 'spark.master': 'local[1]' }, driverMemory: '512m', ...more });
  };
  const table = (name: string): Locator => page.getByRole('table', { name });
  const row = (name: 'Finished jobs' | 'Running and waiting jobs', id: number): Locator =>
    table(name).locator('tbody tr', { has: page.locator(`a[href="#/jobs/${id}"]`) });
  const focused = async (): Promise<string> =>
    page.evaluate<string>(`(document.activeElement.ariaLabel || document.activeElement.textContent).trim()`);
  const press = async (key: string, until: (text: string) => boolean): Promise<void> => {
    for (let count = 0; count < 60; count++) {
      await page.keyboard.press(key);
      if (until(await focused())) return;
    }
    assert.fail(`${key} never came there; it is at ${await focused()}`);
  };

  it('asks for a token, refuses a wrong one, and takes a right one with the keyboard alone', async () => {
    await page.goto(served.address);
    await page.getByLabel('Token').waitFor();
    await page.keyboard.type('nonsense');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'This token is not known' }).waitFor();
    await page.keyboard.type(token);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing has run yet.').waitFor();
    assert.ok(!page.url().includes(token));
    await page.reload();
    await page.getByText('Nothing has run yet.').waitFor();
  });

  it('shows a job that comes, with its progress and its output as text', async () => {
    await submit('count <i>.py', job, { args: ['a b'] });
    await row('Running and waiting jobs', 1).waitFor();
    await press('Tab', text => text === 'count <i>');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Job 1: count <i>' }).waitFor();
    assert.equal(await focused(), 'Job 1: count <i>');
    await page
      .getByRole('log')
      .getByText("<script>document.title = 'mine'</script>")
      .waitFor({ timeout: sparkLimit });
    await page.locator('#detail').getByText('8 of 8 tasks').first().waitFor({ timeout: sparkLimit });
    await row('Running and waiting jobs', 1).getByText('8 of 8 tasks').waitFor();
    const below = await page.evaluate<number>(
      `(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector('pre'))`,
    );
    assert.ok(below < 20, `${below} pixels of output are below what is shown`);
    assert.equal(await page.title(), 'Sparkdeck');
    assert.equal(await page.locator('pre b, pre script, #detail i').count(), 0);
  });

  it('shows the whole in the dark, too', async () => {
    const ground = async (): Promise<string> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.screenshot({ path: failurePicture('page', 'light') });
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    await page.screenshot({ path: failurePicture('page', 'dark') });
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual([light, dark], ['rgb(245, 246, 248)', 'rgb(18, 23, 31)']);
  });

  it('asks before it kills, and runs again, with the keyboard alone', async () => {
    await press('Tab', text => text === 'Kill job 1, count <i>');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Kill job 1, count <i>?').waitFor();
    await page.screenshot({ path: failurePicture('page', 'question') });
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
    await row('Running and waiting jobs', 1).waitFor();
    assert.equal(await focused(), 'Kill job 1, count <i>');
    await page.keyboard.press('Enter');
    // In one breath: the next question must not suffer from the answer to the last.
    await Promise.all([page.keyboard.press('Escape'), page.keyboard.press('Enter')]);
    await press('Tab', text => text === 'Kill');
    await page.keyboard.press('Enter');
    await row('Finished jobs', 1).getByText('killed').waitFor({ timeout: sparkLimit });
    await page.getByText('Nothing runs.').waitFor();
    await press('Tab', text => text === 'Rerun job 1, count <i>');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Job 2: count <i>' }).waitFor();
    await page.locator('#detail dd').getByText('job 1', { exact: true }).waitFor();
    await row('Running and waiting jobs', 2).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#detail').waitFor({ state: 'hidden' });
    assert.equal(await focused(), 'count <i>');
    await row('Running and waiting jobs', 2).getByRole('button', { name: 'Kill job 2' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Kill' }).click();
    await row('Finished jobs', 2).getByText('killed').waitFor({ timeout: sparkLimit });
  });

  it('says why a job failed, also on a small screen', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await submit('fails.py', 'raise ValueError("no such luck")');
    await row('Finished jobs', 3).getByText('failed, exit code 1').waitFor({ timeout: sparkLimit });
    await row('Finished jobs', 3).getByRole('link').click();
    await page.locator('#detail .reason').getByText('no such luck').waitFor();
    await page.getByRole('log').getByText('ValueError: no such luck').waitFor();
    await page.screenshot({ path: failurePicture('page', 'small'), fullPage: true });
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    assert.ok(overflow <= 0, `${overflow} pixels lie outside`);
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  it('shows until when a cluster lives, and that its end is near', async () => {
    const spec = {
      name: 'short',
      provider: 'local',
      workers: 1,
      workerCores: 1,
      workerMemory: '1g',
      ttl: 25,
    };
    await post('clusters', spec);
    const cluster = page.locator('#clusters .card', { hasText: 'short' });
    await cluster.getByText(/^Until \d\d:\d\d:\d\d$/).waitFor({ timeout: sparkLimit });
    await cluster.getByText(/^It (will be|was) stopped/).waitFor({ timeout: sparkLimit });
  });

  it('asks for a token again when that is taken back, whatever else it is asking', async () => {
    const other = await served.token({ role: 'admin', name: 'short-lived' });
    await submit('waits.py', job);
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const visitor = await context.newPage();
    await visitor.goto(served.address);
    await visitor.getByLabel('Token').fill(other);
    await visitor.keyboard.press('Enter');
    await visitor.getByRole('button', { name: 'Kill job 4' }).click();
    await visitor.getByRole('dialog').getByText('Kill job 4, waits?').waitFor();
    const known: unknown = JSON.parse(await served.sparkdeck('tokens', 'list', '--json'));
    const { tokens } = Value.Parse(Type.Object({ tokens: Type.Array(Token) }), known);
    await served.sparkdeck('tokens', 'revoke', String(tokens.find(({ name }) => name === 'short-lived')?.id));
    await visitor.getByLabel('Token').waitFor();
    await visitor.keyboard.type(token);
    await visitor.keyboard.press('Enter');
    await visitor.getByRole('button', { name: 'Kill job 4' }).waitFor();
    assert.equal(await visitor.getByRole('dialog').count(), 0);
    await context.close();
    await post('batches/4/kill', {});
  });

  it('forgets the token when asked to, and meets no fault on the way', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    await page.screenshot({ path: failurePicture('page', 'sign in') });
    await page.reload();
    await page.getByLabel('Token').waitFor();
    assert.equal(await page.locator('#detail, #deck').filter({ visible: true }).count(), 0);
    assert.deepEqual(faults, []);
    assert.ok(!served.log.includes(token));
  });
});
