import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core';
import { ensureVscodeHost } from '../../scripts/vscodeHost.ts';
import { findChromium } from './chromium.ts';
import { onProcessExit } from './exitCleanup.ts';
import { openServer, quietSettings, type WorkbenchServer } from './workbenchServer.ts';

export interface WorkbenchOptions {
  /** The folder that the workbench opens. */
  folder: string;
  /** Folders of built extensions, or VSIX files. */
  extensions?: readonly string[];
  /** A run of tests inside the extension host, as extensionTestsPath says. */
  hostTests?: { extension: string; tests: string };
  settings?: Readonly<Record<string, unknown>>;
  /** Folders are not trusted until somebody says so, as in a user's editor. Otherwise all are. */
  workspaceTrust?: boolean;
  env?: NodeJS.ProcessEnv;
  size?: { width: number; height: number };
  /** Pixels per CSS pixel. */
  scale?: number;
}

/** Milliseconds: a first start on a busy machine takes more than half a minute. */
export const paintLimit = 120_000;

/** For pages that look the same each time, and for a browser without a graphics card. */
const steadySettings = {
  // It would take the machine's cores just when the next test begins.
  'sparkdeck.start.warmDrivers': 0,
  'terminal.integrated.gpuAcceleration': 'off',
  'window.autoDetectColorScheme': false,
  'window.title': '${activeEditorShort}${separator}${rootName}',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.reduceMotion': 'on',
};

const browserArguments = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** Opens the real VS Code workbench on a folder, in a browser without a window. Whoever opens it closes it. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const host = await ensureVscodeHost();
  const dataFolder = mkdtempSync(join(tmpdir(), 'sparkdeck-workbench-'));
  const removeData = (): void => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  const closers: (() => unknown)[] = [removeData, onProcessExit(removeData)];
  const closeAll = async (): Promise<void> => {
    for (let close = closers.pop(); close; close = closers.pop()) await close();
  };
  try {
    const server = await openServer({
      host,
      dataFolder,
      extensions: options.extensions ?? [],
      settings: {
        ...quietSettings,
        ...steadySettings,
        'security.workspace.trust.enabled': options.workspaceTrust ?? false,
        ...options.settings,
      },
      env: options.env ?? {},
      testDriver: options.hostTests !== undefined,
      workspaceTrust: options.workspaceTrust ?? false,
    });
    closers.push(() => server.close());
    const browser = await launchBrowser();
    closers.push(() => browser.close());
    return await Workbench.open(server, browser, options, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

export class Workbench {
  readonly page: Page;
  /** The exit code of the tests in the extension host; for runs with `hostTests` alone. Rejected when the server ends. */
  readonly testsEnded: Promise<number>;
  readonly close: () => Promise<void>;

  private constructor(page: Page, testsEnded: Promise<number>, close: () => Promise<void>) {
    this.page = page;
    this.testsEnded = testsEnded;
    this.close = close;
  }

  static async open(
    server: WorkbenchServer,
    browser: Browser,
    options: WorkbenchOptions,
    close: () => Promise<void>,
  ): Promise<Workbench> {
    const browserContext = await browser.newContext({
      viewport: options.size ?? { width: 1280, height: 800 },
      deviceScaleFactor: options.scale ?? 1,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await browserContext.newPage();
    page.setDefaultTimeout(60_000);
    const { promise: testsEnded, resolve, reject } = Promise.withResolvers<number>();
    // Most workbenches have no tests to wait for, and end without anybody looking.
    testsEnded.catch(() => undefined);
    await page.exposeFunction('codeAutomationExit', resolve);
    void server.ended.then(() => reject(new Error("VS Code's server ended before the tests did.")));
    await page.goto(server.url(workbenchQuery(options, server.authority)));
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: paintLimit });
    return new Workbench(page, testsEnded, close);
  }

  /** Runs a command by its title, through the palette, as a user does. */
  async command(title: string): Promise<void> {
    await (await this.find('F1', `>${title}`, title)).click();
  }

  /**
   * Types into the palette (F1) or the list of files (Control+p) and returns the row that reads like `row`. Tries
   * again when there is none: a window that is still settling moves the focus, and that closes the list.
   */
  async find(key: 'F1' | 'Control+p', text: string, row: string | RegExp): Promise<Locator> {
    const found = this.page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first();
    for (const end = Date.now() + 120_000; ;) {
      try {
        await this.page.keyboard.press(key);
        await this.page.locator('.quick-input-widget input').first().fill(text, { timeout: 10_000 });
        await found.waitFor({ timeout: 10_000 });
        return found;
      } catch (error) {
        if (Date.now() > end) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The frame with an extension's own HTML (a webview) that holds what `selector` finds, once it does. */
  async webview(selector: string, limit = 60_000): Promise<Frame> {
    for (const end = Date.now() + limit; Date.now() < end; await this.page.waitForTimeout(100)) {
      for (const frame of this.page.frames()) {
        // A frame may be replaced while it is looked at.
        const matches = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (frame.parentFrame() && matches > 0) return frame;
      }
    }
    throw new Error(`No webview with ${selector} within ${limit / 1000} s.`);
  }

  /** Writes a picture of the window. */
  async screenshot(file: string): Promise<void> {
    await mkdir(join(file, '..'), { recursive: true });
    await this.page.screenshot({ path: file });
  }
}

function workbenchQuery(options: WorkbenchOptions, authority: string): Record<string, string> {
  const { folder, hostTests } = options;
  if (!hostTests) return { folder };
  const remote = (path: string): string => `vscode-remote://${authority}${encodeURI(path)}`;
  const payload = [
    ['extensionDevelopmentPath', remote(hostTests.extension)],
    ['extensionTestsPath', remote(hostTests.tests)],
  ];
  return { folder, payload: JSON.stringify(payload) };
}

function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(process.env),
    args: browserArguments,
    // The end of this process is seen to by onProcessExit; playwright ends the browser with it.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}
