import assert from 'node:assert/strict';
import { EventLines, headLength, type Interest } from '../../../../server/batches/progress/eventLines.ts';
import { collectGarbage } from '../../../support/collectGarbage.ts';

const interest = (head: string): Interest =>
  head.startsWith('whole') ? 'whole' : head.startsWith('head') ? 'head' : 'none';

function cut(text: string, pieceLength: number): string[] {
  const lines: string[] = [];
  const splitter = new EventLines(interest, line => lines.push(line));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceLength) splitter.push(bytes.subarray(at, at + pieceLength));
  return lines;
}

describe('batches/progress/eventLines', () => {
  const long = 'é'.repeat(2000);
  const text = `whole ${long}\nnone ${long}\n\nhead ${'x'.repeat(2000)}\nwhole 2\nhead 2\nnone\nwhole not ended`;

  for (const pieceLength of [1, 2, 7, 511, 512, 513, 100_000]) {
    it(`cuts the same lines out of pieces of ${pieceLength} bytes`, () => {
      assert.deepEqual(cut(text, pieceLength), [
        `whole ${long}`,
        `head ${'x'.repeat(2000)}`.slice(0, headLength),
        'whole 2',
        'head 2',
      ]);
    });
  }

  it('gives up the line at hand when told', () => {
    const lines: string[] = [];
    const splitter = new EventLines(interest, line => lines.push(line));
    splitter.push(Buffer.from('whole 1\nwhole of an earlier fi'));
    splitter.discard();
    splitter.push(Buffer.from('whole 2\n'));
    assert.deepEqual(lines, ['whole 1', 'whole 2']);
  });

  it('holds nothing of a line without interest, and no more of any line than the bound', () => {
    const splitter = new EventLines(interest, () => undefined);
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const held = (megabytes: number): number => {
      for (let n = 0; n < megabytes; n++) splitter.push(Buffer.from(megabyte));
      collectGarbage();
      return Math.round((process.memoryUsage().arrayBuffers - before) / megabyte.length);
    };
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    splitter.push(Buffer.from('none '));
    // The last piece may still be in a variable.
    assert.ok(held(100) <= 1);
    splitter.push(Buffer.from('\nwhole '));
    assert.ok(held(40) >= 40);
    assert.ok(held(60) <= 1);
  });
});
