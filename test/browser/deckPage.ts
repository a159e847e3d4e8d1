import type { Locator, Page } from 'playwright-core';
import type { Workbench } from '../support/workbench.ts';

/** Milliseconds: a Spark application on a busy machine. */
export const sparkLimit = 180_000;

/** What a user sees of Sparkdeck in the workbench, by the names on the screen. */
export class DeckPage {
  readonly page: Page;
  private readonly workbench: Workbench;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
    this.page = workbench.page;
  }

  async open(): Promise<void> {
    await this.page.locator('.activitybar .action-label[aria-label^="Sparkdeck"]').click();
    await this.view('Jobs').waitFor();
  }

  view(name: 'Clusters' | 'Jobs'): Locator {
    const header = this.page.locator('.pane-header', { hasText: name });
    return this.page.locator('.sidebar .pane', { has: header });
  }

  /** The rows of a view that read like this: label and grey text. */
  row(view: 'Clusters' | 'Jobs', text: RegExp): Locator {
    return this.view(view).locator('.monaco-list-row').filter({ hasText: text }).first();
  }

  button(title: string): Locator {
    return this.page.locator('.sidebar .welcome-view .monaco-button', { hasText: title });
  }

  /** Clicks one of the icons that a row shows under the mouse. */
  async inline(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.locator(`.action-label[aria-label^="${title}"]`).click();
  }

  /**
   * Chooses from the menu that a row has under the right button. Clicks until the menu is gone: in its first 100 ms it
   * takes none, lest the release of the button that opened it be a choice.
   */
  async choose(row: Locator, title: string): Promise<void> {
    await row.click({ button: 'right' });
    const item = this.page.locator('.monaco-menu .action-item', { hasText: title }).first();
    await item.waitFor();
    while (await item.isVisible()) {
      // It may close between the look and the click.
      await item.click({ delay: 150, timeout: 5_000 }).catch(() => undefined);
    }
  }

  /** Clicks one of the rows of a question. */
  async answer(text: string | RegExp): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  }

  /** An entry of the Problems panel, which is opened for it. */
  async problem(text: RegExp): Promise<Locator> {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.page.keyboard.press('Control+Shift+m');
    return panel.locator('.monaco-list-row', { hasText: text }).first();
  }

  async openFile(name: string): Promise<void> {
    await this.workbench.find('Control+p', name, name);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
  }

  /** By the icon in the editor's title. */
  async submitOpenFile(): Promise<void> {
    await this.page
      .locator('.editor-actions .action-label[aria-label^="Submit Current File to Spark"]')
      .click();
  }

  get statusItem(): Locator {
    return this.page.locator('.statusbar-item[id$="sparkdeck.jobs"]');
  }

  /** What the terminal in front shows. */
  get terminal(): Locator {
    return this.page.locator('.panel .terminal-wrapper.active .xterm-rows');
  }

  async answerText(text: string | undefined, step: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget', { hasText: step });
    await box.waitFor();
    if (text !== undefined) await box.locator('input').first().fill(text);
    await this.page.keyboard.press('Enter');
  }
}
