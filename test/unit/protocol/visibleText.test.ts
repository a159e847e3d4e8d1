import assert from 'node:assert/strict';
import { visibleJson, visibleLine, visibleText } from '../../../server/protocol/visibleText.ts';

describe('protocol/visibleText', () => {
  const cases: [text: string, visible: string][] = [
    ['plain ä 語 👩‍👩‍👧\n\tx', 'plain ä 語 👩‍👩‍👧\n\tx'],
    ['\u001B[31mred\u001B]0;title\u0007', String.raw`\x1b[31mred\x1b]0;title\x07`],
    ['100%\rno', String.raw`100%\rno`],
    ['\u009B2J\u007F\u0000', String.raw`\x9b2J\x7f\x00`],
    ['a\u202Eb\u2066c\u2069d\u200Fe\u2028f', String.raw`a\u202eb\u2066c\u2069d\u200fe\u2028f`],
  ];
  for (const [text, visible] of cases) {
    it(`shows ${JSON.stringify(visible)}`, () => {
      assert.equal(visibleText(text), visible);
      const json = visibleJson(JSON.stringify({ text }));
      assert.equal(visibleText(json), json);
      assert.deepEqual(JSON.parse(json), { text });
    });
  }

  it('makes one line of it where a line is wanted', () => {
    assert.equal(visibleLine('a\nb\tc'), String.raw`a\nb\tc`);
  });
});
