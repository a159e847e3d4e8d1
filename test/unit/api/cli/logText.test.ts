import assert from 'node:assert/strict';
import { lastLines } from '../../../../server/api/cli/format/lastLines.ts';
import { telltaleLines } from '../../../../server/api/cli/format/telltaleLines.ts';

describe('lastLines', () => {
  const cases: [text: string, count: number, expected: string][] = [
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\nb\n', 5, 'a\nb\n'],
    ['a\nb\n', 2, 'a\nb\n'],
    ['a\nb\n', 0, ''],
    ['', 3, ''],
    ['\n\n\n', 1, '\n'],
    ['one', 1, 'one'],
  ];
  for (const [text, count, expected] of cases) {
    it(`gives ${JSON.stringify(expected)} for ${count} of ${JSON.stringify(text)}`, () =>
      assert.equal(lastLines(text, count), expected));
  }
});

describe('telltaleLines', () => {
  const info = '26/01/31 12:00:00 INFO SparkContext: Running Spark version 4.3.0';
  const warning = '26/01/31 12:00:01 WARN TaskSetManager: Lost task 0.0';
  const error = '26/01/31 12:00:02 ERROR Executor: Exception in task';

  it('keeps warnings and errors with their stack traces, not what is merely told', () => {
    const log = [
      warning,
      info,
      error,
      'java.lang.RuntimeException: boom',
      '\tat Main.main(Main.java:3)',
      info,
    ];
    assert.deepEqual(telltaleLines(log.join('\n'), 10), [
      warning,
      error,
      'java.lang.RuntimeException: boom',
      '\tat Main.main(Main.java:3)',
    ]);
  });

  it('keeps an exception that nobody caught, and the first calls of its stack trace', () => {
    const thrown = 'Exception in thread "main" java.lang.RuntimeException: boom';
    const frames = ['\tat A.a(A.java:1)', '\tat A.b(A.java:2)', '\tat A.c(A.java:3)', '\t... 4 more'];
    assert.deepEqual(telltaleLines([info, thrown, ...frames, info].join('\n'), 10), [
      thrown,
      '\tat A.a(A.java:1)',
      '\tat A.b(A.java:2)',
    ]);
  });

  it('keeps only the last of them', () => {
    assert.deepEqual(telltaleLines([warning, warning, error].join('\n'), 2), [warning, error]);
  });

  it('falls back on the last lines, whatever they are', () => {
    assert.deepEqual(telltaleLines(`no such file\n\n${info}\n`, 1), [info]);
    assert.deepEqual(telltaleLines('Error: Failed to load class Main.\n', 3), [
      'Error: Failed to load class Main.',
    ]);
  });
});
