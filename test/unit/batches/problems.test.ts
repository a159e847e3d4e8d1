import assert from 'node:assert/strict';
import type { Problem } from '../../../server/protocol/batch.ts';
import { findProblems } from '../../../server/batches/problems.ts';
import { recordedOutput, recordedSources } from './recordedOutput.ts';

const project = '/home/user/project';

/** A problem in a line: place, message, calls. */
function show(problem: Problem): string {
  const calls = problem.frames.map(frame => `${frame.name}:${frame.line}`).join(' > ');
  return `${problem.file.replace(`${project}/`, '')}:${problem.line} ${problem.message} [${calls}]`;
}

const failed: [name: string, problems: string[]][] = [
  [
    'py-word_count',
    ['word_count.py:5 ZeroDivisionError: division by zero [<module>:15 > main:12 > average:5]'],
  ],
  [
    'py-udf_fails',
    ["udf_fails.py:6 ValueError: invalid literal for int() with base 10: 'two' [<module>:11 > parse:6]"],
  ],
  ['py-rdd_fails', ['rdd_fails.py:7 ZeroDivisionError: division by zero [<module>:10 > invert:7]']],
  [
    'py-chained',
    [
      "chained.py:16 KeyError: 'fallback' [<module>:19 > main:16]",
      'chained.py:9 ConfigError: No setting\nnamed path [main:14 > read:9]',
      "chained.py:7 KeyError: 'path' [read:7]",
    ],
  ],
  ['py-syntax', ["syntax.py:4 SyntaxError: '(' was never closed [:4]"]],
  [
    'py-no_input',
    [
      'no_input.py:4 AnalysisException: [PATH_NOT_FOUND] Path does not exist: file:/home/user/data/nothing-here.txt. SQLSTATE: 42K03 [<module>:4]',
    ],
  ],
  [
    'bad-master',
    [
      "word_count.py:9 org.apache.spark.SparkException: Could not parse Master URL: 'sparkk://127.0.0.1:7077' [<module>:15 > main:9]",
    ],
  ],
  ['py-exits', []],
  ['py-killed', []],
  ['no-py', []],
  [
    'jar-Fails',
    [
      "com/example/jobs/Fails.java:12 java.lang.IllegalStateException: The table orders can't be read [com.example.jobs.Fails.main:5 > com.example.jobs.Fails.load:12]",
      'com/example/jobs/Fails.java:10 java.lang.NumberFormatException: For input string: "orders" [com.example.jobs.Fails.load:10]',
    ],
  ],
  [
    'jar-TaskFails',
    [
      'com/example/jobs/TaskFails.java:10 org.apache.spark.SparkException: Job aborted due to stage failure: Task 1 in stage 0.0 failed 1 times, most recent failure: Lost task 1.0 in stage 0.0 (TID 1) (localhost executor driver): java.lang.ArithmeticException: / by zero [com.example.jobs.TaskFails.main:10]',
      'com/example/jobs/TaskFails.java:15 java.lang.ArithmeticException: / by zero [com.example.jobs.TaskFails.invert:15]',
    ],
  ],
  ['jar-Missing', []],
  ['jar-nomain', []],
];

describe('batches/problems', () => {
  for (const [name, expected] of failed) {
    it(`finds where ${name} failed`, () => {
      const problems = findProblems(recordedOutput(name), { exitCode: 1 }, recordedSources);
      assert.deepEqual(problems.map(show), expected);
    });
  }

  for (const name of ['py-handled', 'jar-Handled']) {
    it(`has no problem with what ${name} caught and went on after`, () => {
      assert.deepEqual(findProblems(recordedOutput(name), { exitCode: 0 }, recordedSources), []);
    });
  }

  it('takes a thread that ended beside the main one for no problem, even before the end', () => {
    assert.deepEqual(findProblems(recordedOutput('jar-Handled'), {}, recordedSources), []);
  });

  describe('columns', () => {
    const sources: Record<string, string> = {
      [`${project}/word_count.py:5`]: '    return total / count',
      [`${project}/syntax.py:4`]: 'print("rows", spark.range(3).count(',
      [`${project}/unicode.py:1`]: 'value = "naïve"; total = {"é": 1}["ü"] + 1',
      [`${project}/rdd_fails.py:7`]: '    return 1 / (n + 1)',
    };
    const known = { ...recordedSources, line: (file: string, line: number) => sources[`${file}:${line}`] };
    const columns = (name: string): (number | undefined)[] => {
      const [problem] = findProblems(recordedOutput(name), { exitCode: 1 }, known);
      return [problem?.column, problem?.endColumn];
    };

    it('mark the expression that failed, with the indent that the traceback leaves out', () => {
      assert.deepEqual(columns('py-word_count'), [12, 25]);
    });

    it('mark where the syntax is wrong', () => {
      assert.deepEqual(columns('py-syntax'), [35, 36]);
    });

    it('count characters, not bytes', () => {
      assert.deepEqual(columns('py-unicode'), [26, 39]);
    });

    it('are left out when the file has been changed since', () => {
      assert.deepEqual(columns('py-rdd_fails'), [undefined, undefined]);
    });

    it('are left out when the file is gone', () => {
      assert.deepEqual(columns('py-chained'), [undefined, undefined]);
    });
  });

  it('is not drowned by a long chain', () => {
    const one = (n: number): string =>
      `Traceback (most recent call last):\n  File "/home/user/a.py", line ${n}, in <module>\nValueError: ${n}\n`;
    const chain = Array.from({ length: 100 }, (_, n) => one(n + 1)).join(
      '\nDuring handling of the above exception, another exception occurred:\n\n',
    );
    const problems = findProblems({ stdout: chain, stderr: '' }, { exitCode: 1 }, recordedSources);
    assert.equal(problems.length, 20);
    assert.equal(problems[0]?.line, 100);
  });

  it('reads a megabyte of output in little time', () => {
    const noise = 'File "nothing", line 7 of the data, is Traceback-like: but not one\n'.repeat(16_000);
    const { stdout } = recordedOutput('py-rdd_fails');
    const started = performance.now();
    const problems = findProblems(
      { stdout: noise + stdout, stderr: noise },
      { exitCode: 1 },
      recordedSources,
    );
    assert.equal(problems.length, 1);
    // A guard against a regular expression that backtracks, not a measurement: it takes about 20 ms.
    assert.ok(performance.now() - started < 5000);
  });
});
