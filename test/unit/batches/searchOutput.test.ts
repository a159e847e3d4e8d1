import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchOutput } from '../../../server/batches/searchOutput.ts';
import type { LogSearchParams } from '../../../server/protocol/log.ts';

describe('batches/searchOutput', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-search-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const search = (
    text: string | Buffer,
    params: Partial<LogSearchParams> = {},
  ): ReturnType<typeof searchOutput> => {
    writeFileSync(join(folder, 'stdout.log'), text);
    return searchOutput(
      folder,
      { id: 1, stream: 'stdout', query: 'needle', ...params },
      new AbortController().signal,
    );
  };

  it('finds lines with their positions, whatever their case unless told', async () => {
    const text = 'ä\nA Needle here\nnothing\nneedle';
    assert.deepEqual(await search(text), {
      matches: [
        { position: 3, line: 'A Needle here' },
        { position: 25, line: 'needle' },
      ],
      next: 31,
      ended: true,
    });
    assert.deepEqual(
      (await search(text, { matchCase: true })).matches.map(({ position }) => position),
      [25],
    );
  });

  it('goes on where it stopped', async () => {
    const text = 'needle 1\nneedle 2\nneedle 3\n';
    const first = await search(text, { limit: 2 });
    assert.deepEqual([first.matches.length, first.ended], [2, false]);
    const second = await search(text, { limit: 2, from: first.next });
    assert.deepEqual([second.matches.map(({ line }) => line), second.ended], [['needle 3'], true]);
  });

  it('finds every one in a file of many pieces, on whatever side of a cut', async () => {
    const line = (index: number): string =>
      `${'x'.repeat(index % 613)} ${index % 50 === 0 ? 'needle' : 'hay'} é\n`;
    const text = Array.from({ length: 20_000 }, (_, index) => line(index)).join('');
    assert.ok(text.length > 5 * 2 ** 20);
    const found = await search(text, { limit: 10_000 });
    assert.equal(found.matches.length, 400);
    const bytes = Buffer.from(text);
    for (const { position } of found.matches) assert.ok(position === 0 || bytes[position - 1] === 0x0a);
  });

  it('comes to an end with lines longer than a piece, and with no file', async () => {
    const found = await search(`${'y'.repeat(3 * 2 ** 20)}needle${'z'.repeat(2 ** 20)}\nneedle\n`);
    assert.equal(found.ended, true);
    assert.ok(found.matches.some(({ line }) => line === 'needle'));
    const nothing = await searchOutput(
      join(folder, 'nowhere'),
      { id: 1, stream: 'stderr', query: 'x' },
      new AbortController().signal,
    );
    assert.deepEqual(nothing, { matches: [], next: 0, ended: true });
  });
});
