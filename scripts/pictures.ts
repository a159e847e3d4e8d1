import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../server/protocol/errors.ts';
import { chromium } from 'playwright-core';
import { DeckPage, sparkLimit } from '../test/browser/deckPage.ts';
import { ServedBackend } from '../test/clients/support/servedBackend.ts';
import { testRuntime } from '../test/spark/support/runtime.ts';
import { findChromium } from '../test/support/chromium.ts';
import { makeTestData } from '../test/support/testData.ts';
import { openWorkbench, type Workbench } from '../test/support/workbench.ts';
import { build, projectFolder } from './build.ts';
import { ensureSystem } from './system.ts';

const pictures = join(projectFolder, 'docs', 'pictures');

/** `npm run pictures`: takes the pictures of docs/pictures from the real product, with a real Spark. */
async function main(): Promise<void> {
  await ensureSystem(['browser', 'java', 'python']);
  const { java, spark, python } = await testRuntime();
  await build({ production: false });
  const data = makeTestData();
  // Pictures show where the files are: somewhere that is nobody's.
  const folder = join(data.folder, 'examples');
  cpSync(join(projectFolder, 'examples'), folder, { recursive: true });
  const workbench = await openWorkbench({
    folder,
    extensions: [projectFolder],
    env: {
      ...data.env,
      JAVA_HOME: java.home,
      SPARK_HOME: spark.home,
      PYSPARK_PYTHON: python.path,
    },
    settings: {
      'breadcrumbs.enabled': false,
      'editor.minimap.enabled': false,
      'editor.wordWrap': 'on',
      'workbench.layoutControl.enabled': false,
    },
    size: { width: 1440, height: 900 },
  });
  try {
    const deck = new DeckPage(workbench);
    await overview(workbench, deck);
    await startCluster(deck);
    await submit(workbench, deck);
    await log(workbench, deck);
    await clusters(workbench, deck);
    await problems(workbench, deck);
  } finally {
    await workbench.close();
    await data.close();
  }
  await served();
}

/** The views of the extension beside an example, with what they say at first. */
async function overview(workbench: Workbench, deck: DeckPage): Promise<void> {
  await widenSideBar(workbench);
  await deck.open();
  await deck.openFile('word_count.py');
  // The extension has started, has asked its backend, and says what can be done.
  await deck.button('Start a Local Cluster').waitFor();
  await deck.page.locator('.sidebar .monaco-progress-container.active').first().waitFor({ state: 'hidden' });
  await take(workbench, 'overview');
}

async function startCluster(deck: DeckPage): Promise<void> {
  await deck.button('Start a Local Cluster').click();
  await deck.answerText(undefined, '(1/4)');
  await deck.answerText('1', '(2/4)');
  await deck.answerText('2', '(3/4)');
  await deck.answerText('1g', '(4/4)');
  await deck.row('Clusters', /local\s*running/).waitFor({ timeout: sparkLimit });
  await deck.row('Clusters', /Workers\s*1 alive/).waitFor();
}

/** The first question of "Submit … with…", over the file and the button that asks it. */
async function submit(workbench: Workbench, deck: DeckPage): Promise<void> {
  await workbench.command('Sparkdeck: Submit Current File to Spark with…');
  await deck.page.locator('.quick-input-list .monaco-list-row', { hasText: 'local mode' }).waitFor();
  await take(workbench, 'submit');
  await deck.page.keyboard.press('Escape');
}

/** The whole output of a job in its terminal. */
async function log(workbench: Workbench, deck: DeckPage): Promise<void> {
  await deck.submitOpenFile();
  await deck.terminal.waitFor();
  await dragPanelTo(workbench, 280);
  await deck.row('Jobs', /word_count\s*success/).waitFor({ timeout: sparkLimit });
  await deck.terminal.filter({ hasText: /success · / }).waitFor();
  await take(workbench, 'log');
}

/** A job that runs, unfolded down to its stage, on a cluster with its worker and application. */
async function clusters(workbench: Workbench, deck: DeckPage): Promise<void> {
  await deck.openFile('slow.py');
  await deck.submitOpenFile();
  await dragPanelTo(workbench, 640);
  await deck.row('Clusters', /Workers/).click();
  await deck.row('Jobs', /slow\s*running · [1-9]\d*\/60 tasks/).waitFor({ timeout: sparkLimit });
  await deck
    .row('Jobs', /slow\s*running/)
    .locator('.monaco-tl-twistie')
    .click();
  await deck.row('Jobs', /^Stage 0: .*active · 1[0-9]\/60 tasks/).waitFor({ timeout: sparkLimit });
  await deck.row('Clusters', /Slow\s*running/).waitFor();
  await take(workbench, 'clusters');
  await deck.inline(deck.row('Jobs', /slow\s*running/), 'Kill Job');
  await deck.row('Jobs', /slow\s*killed/).waitFor({ timeout: sparkLimit });
}

/** A failed job: its row, the line in the editor, the entry in Problems. */
async function problems(workbench: Workbench, deck: DeckPage): Promise<void> {
  const { page } = deck;
  await deck.openFile('failing.py');
  await deck.submitOpenFile();
  await deck.row('Jobs', /failing\s*dead/).waitFor({ timeout: sparkLimit });
  await page.keyboard.press('Control+Shift+m');
  const entry = page.locator('.markers-panel .monaco-list-row', { hasText: /could not convert/ });
  await entry.waitFor();
  await entry.click();
  await page.locator('.editor-instance .squiggly-error').first().waitFor();
  await take(workbench, 'problems');
}

async function widenSideBar({ page }: Workbench): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (!box) throw new Error('The side bar is not shown.');
  await drag(page, [box.x + box.width, 450], [box.x + 470, 450]);
}

/** Drags the upper edge of the panel to a height, in pixels from the top of the window. */
async function dragPanelTo({ page }: Workbench, y: number): Promise<void> {
  const panel = await page.locator('.part.panel').boundingBox();
  const sashes = await page.locator('.monaco-sash.horizontal:visible').all();
  const boxes = await Promise.all(sashes.map(sash => sash.boundingBox()));
  const [edge] = boxes
    .filter(box => box !== null)
    .filter(box => box.x > 400)
    .toSorted((a, b) => Math.abs(a.y - (panel?.y ?? 0)) - Math.abs(b.y - (panel?.y ?? 0)));
  if (!edge) throw new Error('The panel is not shown.');
  await drag(page, [1000, edge.y + edge.height / 2], [1000, y]);
}

async function drag(page: Workbench['page'], from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 5 });
  await page.mouse.up();
}

async function take(workbench: Workbench, name: string): Promise<void> {
  // Away from what would show a tooltip or a row's buttons.
  await workbench.page.mouse.move(720, 2);
  await workbench.page
    .locator('.monaco-hover:visible, .context-view .monaco-hover')
    .first()
    .waitFor({ state: 'hidden' });
  await workbench.screenshot(pictureFile(name));
}

function pictureFile(name: string): string {
  const file = join(pictures, `${name}.png`);
  console.log(file);
  return file;
}

/** The page of a served backend: a cluster, a job that runs, one that failed. */
async function served(): Promise<void> {
  const backend = await ServedBackend.start('--no-auth');
  const folder = join(backend.folder, 'examples');
  cpSync(join(projectFolder, 'examples'), folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: findChromium(process.env),
    args: ['--no-sandbox'],
  });
  const post = async (what: string, body: object): Promise<void> => {
    const answer = await fetch(`${backend.address}/api/sparkdeck/v1/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(backend.address);
    const local = { provider: 'local', workers: 1, workerCores: 2, workerMemory: '1g' };
    await post('clusters', { name: 'demo', ...local });
    await page.locator('#clusters .card', { hasText: 'running' }).waitFor({ timeout: sparkLimit });
    const small = { cluster: 'demo', driverMemory: '512m', executorMemory: '512m' };
    await post('batches', { file: join(folder, 'failing.py'), ...small });
    await page
      .getByRole('table', { name: 'Finished jobs' })
      .getByText('failed')
      .waitFor({ timeout: sparkLimit });
    await post('batches', { file: join(folder, 'slow.py'), ...small });
    const running = page.getByRole('table', { name: 'Running and waiting jobs' });
    await running.getByText(/^1\d of 60 tasks/).waitFor({ timeout: sparkLimit });
    await running.getByRole('link', { name: 'slow' }).click();
    await page.getByLabel('Show').selectOption({ index: 1 });
    await page.getByRole('heading', { name: 'Progress' }).waitFor();
    await page
      .locator('#detail')
      .getByText(/ of 60 tasks/)
      .first()
      .waitFor();
    await page.screenshot({ path: pictureFile('page') });
  } finally {
    await browser.close();
    await backend.stop();
  }
}

await main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
