import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { lastChain } from '../../../../server/batches/tracebacks/driverError.ts';
import { readPythonErrors } from '../../../../server/batches/tracebacks/python.ts';

/** What the machine's own Python prints when a program fails. */
function run(program: string): string {
  return spawnSync('python3', ['-c', program], { encoding: 'utf8' }).stderr;
}

const pythonMinor = Number(
  execFileSync('python3', ['-c', 'import sys; print(sys.version_info.minor)'], { encoding: 'utf8' }),
);

describe('batches/tracebacks/python', () => {
  it('reads type, message and calls', () => {
    const [error, ...others] = readPythonErrors(`rows: 3\n${run('def f(n):\n  return [1][n]\nf(7)')}`);
    assert.deepEqual(others, []);
    assert.equal(error?.type, 'IndexError');
    assert.deepEqual(error.message, ['list index out of range']);
    assert.deepEqual(
      error.frames.map(frame => [frame.line, frame.name]),
      [
        [3, '<module>'],
        [2, 'f'],
      ],
    );
  });

  it('tells a chain from errors that have nothing to do with each other', () => {
    const chained = run('try:\n  1/0\nexcept ZeroDivisionError as e:\n  raise KeyError("a") from e');
    assert.deepEqual(
      readPythonErrors(`${chained}went on\n${chained}`).map(error => error.follows),
      [undefined, 'after', undefined, 'after'],
    );
    assert.deepEqual(
      lastChain(readPythonErrors(`${run('1/0')}went on\n${chained}`)).map(each => each.error.type),
      ['KeyError', 'ZeroDivisionError'],
    );
  });

  it('reads an exception without a message, and one with deep recursion', () => {
    assert.deepEqual(readPythonErrors(run('raise ValueError'))[0]?.message, ['']);
    const [deep] = readPythonErrors(run('def f():\n  f()\nf()'));
    assert.equal(deep?.type, 'RecursionError');
  });

  const withGroups = pythonMinor >= 11 ? it : it.skip;
  const why = pythonMinor >= 11 ? '' : ' (skipped: Python has exception groups since 3.11)';
  withGroups(`reads a group by its own message${why}`, () => {
    const errors = readPythonErrors(run('raise ExceptionGroup("two", [ValueError(1), KeyError(2)])'));
    assert.deepEqual(
      errors.map(error => error.message),
      [['two (2 sub-exceptions)']],
    );

    const raised = run('try:\n  1/0\nexcept ZeroDivisionError as e:\n  raise ExceptionGroup("one", [e])');
    assert.deepEqual(
      readPythonErrors(raised).map(error => [error.type, error.follows]),
      [
        ['ZeroDivisionError', undefined],
        ['ExceptionGroup', 'after'],
        ['ZeroDivisionError', 'member'],
      ],
    );
  });

  it('takes no header without calls, nor a text about files, for an error', () => {
    assert.deepEqual(readPythonErrors('Traceback (most recent call last):\nnothing follows\n'), []);
    assert.deepEqual(readPythonErrors('  File "a.csv", line 3 is short\nValueError: no\n'), []);
  });

  it('keeps reading after a traceback that is cut off at the beginning', () => {
    const whole = run('def f():\n  raise KeyError("a")\nf()');
    const cut = whole.slice(whole.indexOf('line 3'));
    assert.equal(readPythonErrors(`${cut}\n${whole}`).at(-1)?.type, 'KeyError');
  });
});
