import assert from 'node:assert/strict';
import { parseProperties, survivesTrimming } from '../../../server/batches/parseProperties.ts';

describe('batches/parseProperties', () => {
  const cases: [what: string, text: string, read: Record<string, string>][] = [
    [
      'separators',
      'a=1\nb:2\nc 3\nd\t4\ne = 5\nf : 6\ng\nh=:7\ni==8',
      {
        a: '1',
        b: '2',
        c: '3',
        d: '4',
        e: '5',
        f: '6',
        g: '',
        h: ':7',
        i: '=8',
      },
    ],
    ['blanks at the ends of values', 'a   600m  \nb\tx\t \nc= \\u0020 x\\t', { a: '600m', b: 'x', c: 'x' }],
    ['line breaks that are escaped', 'a=\\n\\n\nb=\\t\\n', { a: '\n\n', b: '\n' }],
    ['comments and blank lines', '# a\\\n  ! b=1\n\n \t\nc=1 # no comment\n#', { c: '1 # no comment' }],
    [
      'continued lines',
      'a=1,\\\n   2,\\\r\n\t3\nb\\\n  c=4\nd=5\\\\\ne=6',
      { a: '1,2,3', bc: '4', d: '5\\', e: '6' },
    ],
    ['a line that a blank one continues', 'a=1\\\n\nb=2', { a: '1', b: '2' }],
    ['a continued line at the end of the file', 'a=1\\', { a: '1' }],
    ['a continued line that begins with #', 'a=1\\\n#2', { a: '1#2' }],
    ['line ends of other systems', 'a=1\r\nb=2\rc=3', { a: '1', b: '2', c: '3' }],
    ['escapes', 'a\\ b\\=\\:=c\\d\\u00e9\\\\n', { 'a b=:': 'cdé\\n' }],
    ['characters beyond ASCII', 'a=é€😀', { a: 'é€😀' }],
    ['equal keys, of which the last counts', 'a=1\na=2', { a: '2' }],
    [
      'keys that objects have by themselves',
      '__proto__=1\nconstructor=2',
      JSON.parse('{"__proto__":"1","constructor":"2"}'),
    ],
  ];
  for (const [what, text, read] of cases) {
    it(`reads ${what}`, () => assert.deepEqual(Object.entries(parseProperties(text)), Object.entries(read)));
  }

  it('refuses what Java refuses', () => {
    for (const text of ['a=\\u12', 'a=\\uxyzw', '\\u=1'])
      assert.throws(() => parseProperties(text), SyntaxError);
  });

  it('takes no longer for long lines than for many', () => {
    const size = 500_000;
    for (const text of ['\\', ' ', '=', 'a', '\\\n', '#\n', 'a\\\n'].map(each => `k=${each.repeat(size)}`)) {
      assert.equal(Object.keys(parseProperties(text)).length, 1, text.slice(0, 6));
    }
  });

  it('knows which values a file keeps', () => {
    for (const value of ['', 'a b', '\n\n', '\r', 'a\t\n', '\u00a0'])
      assert.ok(survivesTrimming(value), value);
    for (const value of [' ', '\t', ' a', 'a\u0001', '\n \t']) assert.ok(!survivesTrimming(value), value);
  });
});
