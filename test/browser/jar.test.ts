import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installTimeout, testRuntime } from '../spark/support/runtime.ts';
import { compileJar } from '../unit/artifacts/compileJar.ts';
import { DeckPage, sparkLimit } from './deckPage.ts';
import { useDeckWorkbench } from './deckWorkbench.ts';

const sources = {
  'com/example/Hello.java': `package com.example;
public class Hello {
  public static void main(String[] args) {
    System.out.println("hello from a jar " + String.join("+", args));
    System.err.println("said to stderr");
  }
}`,
  'com/example/Fails.java': `package com.example;
public class Fails {
  static int load(String name) {
    return Integer.parseInt(name);
  }
  public static void main(String[] args) {
    try {
      load("orders");
    } catch (NumberFormatException error) {
      throw new IllegalStateException("The table orders can't be read", error);
    }
  }
}`,
};

describe('a jar, by clicking', function () {
  this.timeout(sparkLimit * 2);
  const env: NodeJS.ProcessEnv = {};

  before('have a Spark', async function () {
    this.timeout(installTimeout);
    const { java, spark, python } = await testRuntime();
    Object.assign(env, { JAVA_HOME: java.home, SPARK_HOME: spark.home, PYSPARK_PYTHON: python.path });
  });

  const workbench = useDeckWorkbench({
    env,
    prepare: folder => {
      compileJar(join(folder, 'app'), sources);
      // Of the same name, but of another package: not the one that is meant.
      mkdirSync(join(folder, 'org'));
      writeFileSync(join(folder, 'org', 'Fails.java'), 'package org;\npublic class Fails {}\n');
    },
  });
  let deck: DeckPage;

  before(() => {
    deck = new DeckPage(workbench());
  });

  it('asks where to run and which of its main classes, and shows all that it says', async () => {
    await deck.open();
    await deck.button('Submit Current File to Spark').waitFor();
    await deck.openFile('jobs ü.jar');
    await deck.submitOpenFile();
    await deck.answer('local mode');
    const classes = workbench().page.locator('.quick-input-list .monaco-list-row');
    await classes.filter({ hasText: 'com.example.Fails' }).waitFor();
    assert.equal(await classes.count(), 2);
    await deck.answer('com.example.Hello');
    await deck.terminal.filter({ hasText: /success · / }).waitFor({ timeout: sparkLimit });
    await deck.terminal.filter({ hasText: 'hello from a jar' }).waitFor();
    await deck.terminal.filter({ hasText: 'said to stderr' }).waitFor();
    assert.doesNotMatch((await deck.terminal.textContent()) ?? '', /INFO|WARN/);
  });

  it('is marked in its source where it failed, and where that came from', async () => {
    const { page } = workbench();
    await deck.submitOpenFile();
    await deck.answer('com.example.Fails');
    await deck
      .row('Jobs', /dead · java\.lang\.IllegalStateException: The table orders/)
      .waitFor({ timeout: sparkLimit });
    const thrown = await deck.problem(/The table orders can't be read.*Ln 10/);
    await thrown.waitFor();
    await (await deck.problem(/NumberFormatException: For input string.*Ln 4/)).waitFor();
    await thrown.click();
    await page.locator('.tabs-container .tab.active', { hasText: 'Fails.java' }).waitFor();
    await page.locator('.editor-instance .view-line', { hasText: 'package com.example' }).waitFor();
    await page.locator('.editor-instance .squiggly-error').first().waitFor();
  });

  it('is run again with another class and arguments, which takes the marks away', async () => {
    await deck.choose(deck.row('Jobs', /dead/), 'Rerun Job with…');
    await deck.answer('local mode');
    await deck.answer('com.example.Hello');
    await deck.answerText('again "and again"', '(3/6)');
    await deck.answerText('512m', '(4/6)');
    await deck.answerText('', '(5/6)');
    await deck.answerText('', '(6/6)');
    await deck.terminal
      .filter({ hasText: /hello from a jar again\+and again/ })
      .waitFor({ timeout: sparkLimit });
    await deck.row('Jobs', /jobs ü\s*success/).waitFor({ timeout: sparkLimit });
    await (await deck.problem(/The table orders/)).waitFor({ state: 'hidden' });
  });
});
