import assert from 'node:assert/strict';
import { SparkLogFilter, type SparkLogShown } from '../../../src/log/sparkLogFilter.ts';
import { recordedOutput } from '../batches/recordedOutput.ts';

const head = '26/11/23 02:01:09';

/** The lines that are shown, those of Spark in brackets. */
function shown(mode: SparkLogShown, lines: readonly string[], isJar = false): string[] {
  return new SparkLogFilter(mode, { isJar })
    .pick(lines)
    .map(({ text, isSparks }) => (isSparks ? `[${text}]` : text));
}

describe("the lines of Spark's log that are shown", () => {
  const log = [
    'WARNING: Using incubator modules: jdk.incubator.vector',
    "Using Spark's default log4j profile: org/apache/spark/log4j2-defaults.properties",
    `${head} WARN NativeCodeLoader: Unable to load native-hadoop library for your platform`,
    `${head} INFO TaskSetManager: Lost task 0.1 in stage 0.0`,
    'Traceback of the lost task',
    `${head} WARN TaskSetManager: Lost task 0.0 in stage 0.0`,
    'Traceback (most recent call last):',
    `${head} INFO MemoryStore: MemoryStore cleared`,
    `${head} ERROR Executor: Exception in task 0.0`,
    '\tat a.B.c(B.java:1)',
  ];

  it('are warnings and errors with their stack traces, without those of every start', () => {
    assert.deepEqual(shown('warnings', log), [
      `[${head} WARN TaskSetManager: Lost task 0.0 in stage 0.0]`,
      '[Traceback (most recent call last):]',
      `[${head} ERROR Executor: Exception in task 0.0]`,
      '[\tat a.B.c(B.java:1)]',
    ]);
  });

  it('are all of them', () => {
    assert.deepEqual(
      shown('all', log),
      log.map(line => `[${line}]`),
    );
  });

  it('are none', () => assert.deepEqual(shown('none', log), []));

  it("leave out nothing that a jar says, and don't pass it off as Spark's", () => {
    const lines = [
      'written before the log began',
      `${head} WARN NativeCodeLoader: Unable to load native-hadoop library for your platform`,
      'written by the program',
      `${head} ERROR Executor: Exception in task 0.0`,
      '\tat a.B.c(B.java:1)',
      'Exception in thread "main" java.lang.IllegalStateException: x',
      '\tat a.B.main(B.java:5)',
    ];
    const said = [
      'written before the log began',
      'written by the program',
      'Exception in thread "main" java.lang.IllegalStateException: x',
      '\tat a.B.main(B.java:5)',
    ];
    assert.deepEqual(shown('none', lines, true), said);
    assert.deepEqual(shown('warnings', lines, true), [
      ...said.slice(0, 2),
      `[${head} ERROR Executor: Exception in task 0.0]`,
      '[\tat a.B.c(B.java:1)]',
      ...said.slice(2),
    ]);
  });

  it('are no line of a recorded start that went well', () => {
    const { stderr } = recordedOutput('py-word_count');
    assert.deepEqual(shown('warnings', stderr.split('\n')), []);
  });
});
