import assert from 'node:assert/strict';
import { explain } from '../../../../server/batches/explain.ts';
import { findProblems } from '../../../../server/batches/problems.ts';
import { recordedSources } from '../recordedOutput.ts';

const header = 'Traceback (most recent call last):\n';
const call = '  File "/home/user/a.py", line 1, in <module>\n';

/** Texts that are made of one piece over and over, each an attempt at a parser that looks back, or far ahead. */
const hostile: Record<string, string> = {
  'headers without calls': header,
  'headers with calls': header + call,
  'whole tracebacks': `${header}${call}ValueError: x\n`,
  'a chain of tracebacks': `${header}${call}ValueError: x\n\nDuring handling of the above exception, another exception occurred:\n\n`,
  'members of a group': `    | ${header}    |   File "/home/user/a.py", line 1, in f\n    | ValueError: x\n`,
  'what PySpark quotes': `${header}${call}pyspark.errors.PythonException: \n  ${header}${call}KeyError: 1\n`,
  calls: call,
  'syntax errors': '  File "/home/user/a.py", line 1\n',
  'unreadable sources': 'SyntaxError: x in file a.py on line 1 ',
  'marks below marks': '    ~~~^^^\n',
  causes: 'Caused by: java.lang.Error: x\n\tat a.B.c(B.java:1)\n',
  'ends of the main thread': 'Exception in thread "main" java.lang.Error: x\n',
  'ends of the main thread in a line': 'Exception in thread "main" ',
  'ends of the main thread, with calls':
    'Exception in thread "main" java.lang.Error: x\n\tat a.B.c(B.java:1)\n',
  'quoted stacks': 'a line\n\tat a.B.c(B.java:1)\n',
  'names of classes': '\tat a.a.a.a.a.a.a.a/a.a.a.a.a.a.a.a.a.a.',
  'escape sequences': '\x1b]0;\x1b[\x1b[31',
  'carriage returns': 'x\r',
  'fatal errors': 'Fatal Python error: x\nCurrent thread 0x1 (most recent call first):\n',
  'calls of a fatal error': '  File "/home/user/a.py", line 1 in f\n',
  'JSON logs': '{"a":{"b":{"level',
  'empty lines': '\n',
  blanks: ' ',
  digits: '1',
  'a file without an end': 'File "a", line 1, ',
};

/** The first line makes a stack trace of what follows. */
function read(stdout: string, stderr: string): void {
  for (const exitCode of [1, 3, 52, 139, undefined]) {
    explain({ exitCode }, { stdout, stderr }, recordedSources);
    findProblems({ stdout, stderr }, { exitCode }, recordedSources);
  }
}

/** The shortest of a few tries: other work on the machine only adds to it. */
function milliseconds(piece: string, size: number): number {
  const text = piece.repeat(size / piece.length);
  return Math.min(
    ...[1, 2, 3].map(() => {
      const start = performance.now();
      read(
        `\n${header}${text}`,
        `\nException in thread "main" java.lang.Error: x\n\tat a.B.c(B.java:1)\n${text}`,
      );
      return performance.now() - start;
    }),
  );
}

describe('batches/tracebacks in linear time', () => {
  for (const [name, piece] of Object.entries(hostile)) {
    it(`reads ${name}`, () => {
      const small = milliseconds(piece, 100_000);
      const large = milliseconds(piece, 400_000);
      // Four times the text: a quadratic parser takes sixteen times as long. A short time says little.
      assert.ok(large < 10 * Math.max(small, 10), `${small} ms for 100 kB, ${large} ms for 400 kB`);
    });
  }

  it('bounds problems, calls and messages', () => {
    const deep = `${header}${call.repeat(20_000)}ValueError: ${'x'.repeat(100_000)}\n`;
    const [problem] = findProblems({ stdout: deep, stderr: '' }, { exitCode: 1 }, recordedSources);
    assert.ok(problem && problem.frames.length <= 50 && problem.message.length <= 1000);
    const causes = `Exception in thread "main" a.B: ${'y'.repeat(100_000)}\n\tat a.B.c(B.java:1)\n${hostile['causes']?.repeat(40_000)}`;
    const problems = findProblems({ stdout: '', stderr: causes }, { exitCode: 1 }, recordedSources);
    assert.ok(problems.length <= 20 && problems.every(each => each.message.length <= 1000));
  });
});
