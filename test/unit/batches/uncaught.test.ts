import assert from 'node:assert/strict';
import { explain } from '../../../server/batches/explain.ts';
import { findProblems } from '../../../server/batches/problems.ts';
import type { SourceFiles } from '../../../server/batches/sourceFiles.ts';
import { recordedOutput, recordedSources } from './recordedOutput.ts';

const lastLine = (code: number, line: string): string =>
  `exit code ${code}; the last line of output was: ${line}`;

/** What ended each program, whatever else it had shown. The places are those of the problems, in their order. */
const recorded: [name: string, exitCode: number, reason: string, places: string[]][] = [
  ['py-thread', 1, 'ValueError: no rows at all (thread.py:11)', ['thread.py:11']],
  ['py-thread_late', 3, lastLine(3, 'two of seven files are empty'), []],
  ['py-after_main', 1, 'ValueError: no rows at all (after_main.py:11)', ['after_main.py:11']],
  ['py-atexit_fails', 1, 'IndexError: pop from empty list (atexit_fails.py:10)', ['atexit_fails.py:10']],
  ['py-logged', 1, lastLine(1, '12 rows too few'), []],
  ['py-logs_after', 1, "KeyError: 'orders' (logs_after.py:9)", ['logs_after.py:9']],
  [
    'py-group',
    1,
    'ExceptionGroup: 2 rows are wrong (2 sub-exceptions) (group.py:14), with ValueError: row 3 has no price',
    ['group.py:14', 'group.py:4', 'group.py:4'],
  ],
  ['py-notes', 1, 'LookupError: no table orders (notes.py:5)', ['notes.py:5']],
  ['py-nested_class', 1, 'Store.Closed: since noon (nested_class.py:7)', ['nested_class.py:7']],
  ['py-bad_text', 1, 'SyntaxError: invalid syntax (bad_text.py:2)', ['bad_text.py:2']],
  ['py-bare_syntax', 1, 'SyntaxError: no rule: a b (bare_syntax.py:2)', ['bare_syntax.py:2']],
  ['py-imports_broken', 1, 'SyntaxError: invalid syntax (broken_module.py:1)', ['broken_module.py:1']],
  ['py-null', 1, 'SyntaxError: source code cannot contain null bytes (null.py:2)', ['null.py:2']],
  [
    'py-latin',
    1,
    "SyntaxError: Non-UTF-8 code starting with '\\xe9' in file /home/user/project/latin.py on line 1, but no encoding declared; see https://peps.python.org/pep-0263/ for details (latin.py:1)",
    ['latin.py:1'],
  ],
  ['py-pool', 1, 'ZeroDivisionError: division by zero (pool.py:5)', ['pool.py:5']],
  ['py-executor', 1, 'ZeroDivisionError: division by zero (executor.py:5)', ['executor.py:5']],
  [
    'py-segfault',
    139,
    'exit code 139, as after signal SIGSEGV (11): Fatal Python error: Segmentation fault (segfault.py:8)',
    ['segfault.py:8'],
  ],
  ['py-abort', 134, 'exit code 134, as after signal SIGABRT (6); the last line of output was: giving up', []],
  ['py-exit150', 150, lastLine(150, '150 files are left'), []],
  [
    'py-from_chain',
    1,
    "KeyError: 'fallback' (from_chain.py:15)",
    ['from_chain.py:15', 'from_chain.py:8', 'from_chain.py:6'],
  ],
  ['py-odd_message', 1, 'AssertionError: expected 3 rows (odd_message.py:2)', ['odd_message.py:2']],
  ['py-finally_prints', 1, 'TimeoutError: no answer in 30 s (finally_prints.py:3)', ['finally_prints.py:3']],
  ['py-del', 1, 'FileNotFoundError: no input at /data/today (job.py:7)', ['job.py:7']],
  ['py-caught', 3, lastLine(3, '17 rows were rejected, at most 10 are allowed'), []],
  ['py-exit52', 52, lastLine(52, 'rows rejected: 17'), []],
  ['py-tqdm', 3, lastLine(3, 'too many bad rows'), []],
  ['py-hugeplan', 1, 'java.lang.StackOverflowError (job.py:9)', ['job.py:9']],
  // These by Python 3.13.0, with FORCE_COLOR=1.
  ['py-color', 1, 'ZeroDivisionError: division by zero (job.py:2)', ['job.py:2']],
  [
    'py-color_group',
    1,
    'ExceptionGroup: 2 rows are wrong (2 sub-exceptions) (group.py:14), with ValueError: row 3 has no price',
    ['group.py:14', 'group.py:4', 'group.py:4'],
  ],
  ['py-color_syntax', 1, 'SyntaxError: invalid syntax (broken_module.py:1)', ['broken_module.py:1']],
  ['jar-Retry', 4, lastLine(4, '42 rows rejected, more than allowed'), []],
  ['jar-Dots', 1, 'java.lang.IllegalStateException: file 4 is empty (Dots.java:6)', ['demo/Dots.java:6']],
  ['jar-Threads', 1, 'demo.Threads$Lost$Deeper: on main (Threads.java:16)', ['demo/Threads.java:16']],
  ['jar-Printed', 1, lastLine(1, '7 rows were rejected'), []],
  [
    'jar-Suppressed',
    1,
    'java.lang.IllegalStateException: not opened (Suppressed.java:18), caused by java.lang.NumberFormatException: For input string: "x"',
    ['demo/Suppressed.java:18', 'demo/Suppressed.java:10'],
  ],
  [
    'jar-Deep',
    1,
    'java.lang.IllegalStateException: too deep (Deep.java:11)',
    ['demo/Deep.java:11', 'demo/Deep.java:4'],
  ],
  [
    'jar-Init',
    1,
    'java.lang.NumberFormatException: For input string: "none" (Init.java:5)',
    ['demo/Init.java:13', 'demo/Init.java:5'],
  ],
  ['jar-Fifty', 52, lastLine(52, '52 rows are left'), []],
  ['py-foreachbatch', 1, 'ValueError: batch 0 has 0 rows, too few (job.py:8)', ['job.py:8']],
  [
    'py-json_logs',
    1,
    'PySparkAttributeError: [ATTRIBUTE_NOT_SUPPORTED] Attribute `price` is not supported. (json_logs.py:17)',
    ['json_logs.py:17'],
  ],
];

describe('batches/uncaught', () => {
  for (const [name, exitCode, reason, places] of recorded) {
    it(`tells what ended ${name}`, () => {
      const output = recordedOutput(name);
      assert.equal(explain({ exitCode }, output, recordedSources), reason);
      const problems = findProblems(output, { exitCode }, recordedSources);
      assert.deepEqual(
        problems.map(problem => `${problem.file.replace('/home/user/project/', '')}:${problem.line}`),
        places,
      );
    });
  }

  it('finds the beginning of a stack trace of hundreds of kilobytes', () => {
    const { stdout } = recordedOutput('py-hugeplan');
    const call = /^\tat .*\n/m.exec(stdout)?.[0] ?? '';
    const long = stdout.replace(call, () => call.repeat(5000));
    assert.ok(long.length > 300_000);
    const reason = explain({ exitCode: 1 }, { stdout: long, stderr: '' }, recordedSources);
    assert.equal(reason, 'java.lang.StackOverflowError (job.py:9)');
  });

  describe('with exit code 1, of a program that shows an exception and goes on', () => {
    const shown =
      'Traceback (most recent call last):\n  File "/home/user/a.py", line 2, in <module>\nKeyError: 1\nwent on\n';
    const reasonWith = (source: string): string => {
      const lines = source.split('\n');
      const sources: SourceFiles = { find: file => file, line: (_, line) => lines[line - 1] };
      return explain({ exitCode: 1 }, { stdout: shown, stderr: '' }, sources);
    };

    it('believes the source, where the call stands in a try with an except', () => {
      assert.equal(reasonWith('try:\n    read()\nexcept KeyError:\n    show()'), lastLine(1, 'went on'));
    });

    it('takes it for the end where nothing catches it', () => {
      assert.equal(reasonWith('if True:\n    read()'), 'KeyError: 1 (a.py:2)');
      assert.equal(reasonWith('try:\n    read()\nfinally:\n    stop()'), 'KeyError: 1 (a.py:2)');
    });
  });

  it('takes no exception that a function caught and showed', () => {
    const stdout =
      'Traceback (most recent call last):\n  File "/home/user/a.py", line 2, in read\nKeyError: 1\n\nnothing read\n';
    assert.equal(
      explain({ exitCode: 1 }, { stdout, stderr: '' }, recordedSources),
      lastLine(1, 'nothing read'),
    );
  });

  it('believes no word of memory, submit or signals that a program says itself', () => {
    const stderr =
      'java.lang.OutOfMemoryError: was seen yesterday\nError: Failed to load class x.Y.\nsparkdeck: could not start x\n';
    const output = { stdout: 'rows rejected: 17\n', stderr };
    for (const exitCode of [1, 2, 3, 4, 52, 101 + 1, 126 + 2, 150, 166]) {
      assert.equal(explain({ exitCode }, output, recordedSources), lastLine(exitCode, 'rows rejected: 17'));
    }
  });

  it('shows neither colours nor other control characters', () => {
    const stdout =
      '\x1b]0;title\x07Traceback (most recent call last):\n  File \x1b[35m"/home/user/a\u202e.py"\x1b[0m, line \x1b[35m2\x1b[0m, in \x1b[35m<module>\x1b[0m\n\x1b[1;35mValueError\x1b[0m: \x1b[35mbad\x07 \x9b31mrow\x00\x1b(B\x1b[0m\n';
    const reason = explain({ exitCode: 1 }, { stdout, stderr: '' }, recordedSources);
    assert.equal(reason, 'ValueError: bad row (a.py:2)');
    const problems = findProblems({ stdout, stderr: '' }, { exitCode: 1 }, recordedSources);
    assert.deepEqual(
      problems.map(({ file, line, message }) => [file, line, message]),
      [['/home/user/a.py', 2, 'ValueError: bad row']],
    );
    const progress =
      '\r 50 %|#####     |\r\x1b[32m100 %|##########|\x1b[0m\n\x1b[1mtoo few rows\x1b[0m\x07\n';
    assert.equal(
      explain({ exitCode: 3 }, { stdout: progress, stderr: '' }, recordedSources),
      lastLine(3, 'too few rows'),
    );
  });

  it('names no file that is not there', () => {
    const stdout =
      'Traceback (most recent call last):\n  File "/gone.py", line 2, in <module>\nValueError: no\n';
    const none: SourceFiles = { find: () => undefined, line: () => undefined };
    assert.equal(explain({ exitCode: 1 }, { stdout, stderr: '' }, none), 'ValueError: no');
    assert.deepEqual(findProblems({ stdout, stderr: '' }, { exitCode: 1 }, none), []);
  });
});
