import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
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

  it('holds nothing of a line without interest, and no more of any line than the bound', async () => {
    const splitter = new EventLines(interest, () => undefined);
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const pieces: WeakRef<ArrayBufferLike>[] = [];
    const push = (megabytes: number): void => {
      for (let n = 0; n < megabytes; n++) {
        const piece = Buffer.from(megabyte);
        pieces.push(new WeakRef(piece.buffer));
        splitter.push(piece);
      }
    };
    /** How many pieces are in memory after the next ones; a weak reference holds until the end of a turn. */
    const held = async (megabytes: number): Promise<number> => {
      push(megabytes);
      await setImmediate();
      collectGarbage();
      return pieces.filter(piece => piece.deref()).length;
    };
    splitter.push(Buffer.from('none '));
    assert.equal(await held(100), 0);
    splitter.push(Buffer.from('\nwhole '));
    assert.equal(await held(40), 40);
    assert.equal(await held(60), 0);
  });
});
