import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { formatConfLine, parseConfLine } from '../../../src/submit/confLine.ts';
import { joinArguments, splitArguments } from '../../../src/submit/splitArguments.ts';

const lines: [line: string, args: string[]][] = [
  ['', []],
  ['  a   b\tc ', ['a', 'b', 'c']],
  ['"a b" \'c d\'', ['a b', 'c d']],
  ['a\'b\'"c"d', ['abcd']],
  [String.raw`a\ b "say \"x\"" 'it'\''s'`, ['a b', 'say "x"', "it's"]],
  [String.raw`"C:\dir" 'C:\dir'`, [String.raw`C:\dir`, String.raw`C:\dir`]],
  ['"" \'\'', ['', '']],
  ['größe=3 日本', ['größe=3', '日本']],
  [String.raw`"\\" "\$x"`, ['\\', '$x']],
];

describe('arguments on one line', () => {
  for (const [line, args] of lines) {
    it(`splits ${JSON.stringify(line)}`, () => assert.deepEqual(splitArguments(line), { ok: true, args }));
    it(`joins ${JSON.stringify(args)} into a line that splits the same`, () =>
      assert.deepEqual(splitArguments(joinArguments(args)), { ok: true, args }));
  }

  it('splits as the shell does', () => {
    const line = lines.map(([each]) => each).join(' ');
    const said = execFileSync('sh', ['-c', `for a in ${line}; do printf '%s\\n' "[$a]"; done`], {
      encoding: 'utf8',
    });
    const expected = lines.flatMap(([, args]) => args).map(arg => `[${arg}]\n`);
    assert.equal(said, expected.join(''));
  });

  for (const line of ['"open', "it's", 'end\\']) {
    it(`refuses ${line}`, () => assert.equal(splitArguments(line).ok, false));
  }
});

describe('Spark configuration on one line', () => {
  it('reads names and values', () => {
    assert.deepEqual(parseConfLine('spark.a=1 "spark.b=two words" spark.c=x=y spark.d='), {
      ok: true,
      conf: { 'spark.a': '1', 'spark.b': 'two words', 'spark.c': 'x=y', 'spark.d': '' },
    });
  });

  it('writes a line that reads the same', () => {
    const conf = { 'spark.a': "it's", 'spark.b': 'two words' };
    assert.deepEqual(parseConfLine(formatConfLine(conf)), { ok: true, conf });
  });

  for (const [line, reason] of [
    ['spark.a', /name=value/],
    ['=1', /name=value/],
    ['hadoop.x=1', /begin with "spark\."/],
    ['"spark.a=1', /not closed/],
  ] as const) {
    it(`refuses ${line}`, () => {
      const result = parseConfLine(line);
      assert(!result.ok);
      assert.match(result.error, reason);
    });
  }
});
