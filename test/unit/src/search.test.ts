import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineAt } from '../../../src/log/lineAt.ts';
import { matchItems } from '../../../src/log/matchItems.ts';

describe('the list of found lines', () => {
  it('has a heading for each stream that has some, which says when there are more', () => {
    const items = matchItems([
      {
        stream: 'stdout',
        result: { matches: [{ position: 4, line: '  the\t 12 ' }], next: 9, ended: true },
      },
      {
        stream: 'stderr',
        result: { matches: [{ position: 0, line: 'INFO $(x)' }], next: 9, ended: false },
      },
    ]);
    assert.deepEqual(items, [
      { label: 'output' },
      { label: 'the 12', match: { stream: 'stdout', position: 4 } },
      { label: "Spark's log, the first 1 lines" },
      { label: 'INFO $\u200B(x)', match: { stream: 'stderr', position: 0 } },
    ]);
    assert.deepEqual(matchItems([{ stream: 'stdout', result: { matches: [], next: 0, ended: true } }]), []);
  });
});

describe('the line of a byte', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-line-'));
  const file = join(folder, 'log');
  before(() => writeFileSync(file, `é\n${'x'.repeat(200_000)}\n\nend`));
  after(() => rmSync(folder, { recursive: true }));

  for (const [position, line] of [
    [0, 0],
    [3, 1],
    [200_003, 1],
    [200_004, 2],
    [200_005, 3],
  ] as const) {
    it(`${position} is ${line}`, async () => assert.equal(await lineAt(file, position), line));
  }
});
