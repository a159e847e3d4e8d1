import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReportedErrors } from '../../../server/batches/driverReport/readReportedErrors.ts';
import { explain } from '../../../server/batches/explain.ts';
import { findProblems } from '../../../server/batches/problems.ts';
import { lineIn, sourceFiles, type SourceFiles } from '../../../server/batches/sourceFiles.ts';
import { withDriverHook } from '../../../server/startup/driverHook.ts';

const filesOf = (folder: string): SourceFiles =>
  sourceFiles({ folder, request: { file: 'job.py' } }, '/nowhere');

/** What a program does at its end, and what is told of that: its exit code, the reason, and where the problems are. */
const ends: [
  what: string,
  program: string,
  exitCode: number | undefined,
  reason: string,
  places: string[],
][] = [
  [
    'an error',
    `def f(x):\n    return 1 / x\nf(0)`,
    1,
    'ZeroDivisionError: division by zero (job.py:2)',
    ['job.py:2:12'],
  ],
  ['no error', `print("done")`, 0, 'exit code 0', []],
  [
    'an exit code',
    `print("17 rows")\nimport sys\nsys.exit(3)`,
    3,
    'exit code 3; the last line of output was: 17 rows',
    [],
  ],
  ['an exit code like a signal', `import sys; sys.exit(150)`, 150, 'exit code 150', []],
  ['the exit code of a driver without memory', `raise SystemExit(52)`, 52, 'exit code 52', []],
  ['a text', `import sys; sys.exit("no input")`, 1, 'exit code 1; the last line of output was: no input', []],
  [
    'an exit code after an error that was caught and shown',
    `import sys, traceback\ntry:\n    {}["a"]\nexcept KeyError:\n    traceback.print_exc()\nprint("too few")\nsys.exit(3)`,
    3,
    'exit code 3; the last line of output was: too few',
    [],
  ],
  [
    'an error, while a finalizer fails too',
    `class A:\n    def __del__(self): self.b.c()\nkeep = A()\nraise OSError("no input")`,
    1,
    'OSError: no input (job.py:4)',
    ['job.py:4:1'],
  ],
  [
    'an error, then that of a thread',
    `import threading, time\ndef late():\n    time.sleep(0.1); {}["late"]\nthreading.Thread(target=late).start()\nraise OSError("first")`,
    1,
    'OSError: first (job.py:5)',
    ['job.py:5:1'],
  ],
  [
    'the error of a thread alone',
    `import sys, threading\nt = threading.Thread(target=lambda: {}["a"])\nt.start(); t.join()\nprint("thread failed")\nsys.exit(4)`,
    4,
    'exit code 4; the last line of output was: thread failed',
    [],
  ],
  [
    'an error of a nested class',
    `class Store:\n    class Closed(Exception): pass\nraise Store.Closed("yesterday")`,
    1,
    'Store.Closed: yesterday (job.py:3)',
    ['job.py:3:1'],
  ],
  [
    'an error, in words that look like a traceback',
    `raise ValueError('Traceback (most recent call last):\\n  File "/etc/passwd", line 1, in f\\nKeyError: 1')`,
    1,
    'ValueError: Traceback (most recent call last): (job.py:1)',
    ['job.py:1:1'],
  ],
  [
    'an error that others led to',
    `def f():\n    try:\n        {}["a"]\n    except KeyError as error:\n        raise OSError("b") from error\ntry:\n    f()\nexcept OSError:\n    raise ValueError("c")`,
    1,
    'ValueError: c (job.py:9)',
    ['job.py:9:5', 'job.py:5:9', 'job.py:3:9'],
  ],
  ['wrong syntax', `x = 1\ndef (`, 1, 'SyntaxError: invalid syntax (job.py:2)', ['job.py:2:5']],
  [
    'an error below a hook that shows it otherwise',
    `import sys, os\nsys.excepthook = lambda *_: print("oops")\nraise OSError("no input")`,
    1,
    'OSError: no input (job.py:3)',
    ['job.py:3:1'],
  ],
  [
    'the error of another process',
    `import multiprocessing\ndef half(x):\n    return 1 / x\nif __name__ == "__main__":\n    with multiprocessing.get_context("fork").Pool(1) as pool:\n        pool.map(half, [0])`,
    1,
    'ZeroDivisionError: division by zero (job.py:3)',
    ['job.py:3:12'],
  ],
  [
    'an exit code, after a child process failed',
    `import os, sys\nif os.fork() == 0:\n    raise OSError("child")\nos.wait()\nsys.exit(3)`,
    3,
    'exit code 3; the last line of output was: OSError: child',
    [],
  ],
  [
    'an error of a file that runpy runs',
    `import os, runpy\nopen("part.py", "w").write("\\n1 / 0")\nrunpy.run_path("part.py")`,
    1,
    'ZeroDivisionError: division by zero (part.py:2)',
    ['part.py:2:1'],
  ],
  [
    'an interrupt',
    `import os, signal\nos.kill(os.getpid(), signal.SIGINT)`,
    130,
    'KeyboardInterrupt (job.py:2)',
    ['job.py:2:1'],
  ],
  [
    'an error whose own text fails',
    `class Bad(Exception):\n    def __str__(self): raise OSError\nraise Bad`,
    1,
    'Bad: <exception str() failed> (job.py:3)',
    ['job.py:3:1'],
  ],
];

/** Ends without a report. */
const silent: [what: string, program: string][] = [
  ['os._exit', 'import os; os._exit(1)'],
  ['a signal', 'import os; os.kill(os.getpid(), 9)'],
  ['another program in its place', 'import os, sys; os.execv(sys.executable, [sys.executable, "-c", "1/0"])'],
];

/** All of the interpreter that says how it was started. */
const look = `
import sys, os
seen = [sys.path, sorted(sys.modules), sys.argv, sys.flags, [getattr(each, "__name__", type(each).__name__) for each in sys.meta_path], sys.executable, sorted(os.environ.items()),
  sorted(sys.path_importer_cache), sys.excepthook is sys.__excepthook__, getattr(sys, "orig_argv", None), sorted(vars(sys)),
  sys._getframe().f_back, sorted(vars(sys.modules["__main__"])), __loader__.__class__, os.getcwd(), os.umask(0o22),
  sorted(os.listdir("/proc/self/fd")), [type(each).__name__ for each in sys.path_hooks], sys.warnoptions]
`;

describe('the report of a Python driver', function () {
  this.timeout(60_000);
  let folder: string;
  let batch: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-report-'));
    batch = join(folder, 'batch');
    mkdirSync(batch);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (
    program: string,
    more: Record<string, string> = {},
    hooked = true,
  ): { exitCode?: number; stdout: string } => {
    writeFileSync(join(folder, 'job.py'), program);
    const own = { PATH: process.env.PATH ?? '', ...more, SPARKDECK_LAUNCH: batch };
    const env = hooked ? withDriverHook(own, { file: 'job.py', master: 'local' }) : own;
    // By the shell in one stream, as Spark has it.
    const { status, signal, stdout } = spawnSync(
      '/bin/sh',
      ['-c', 'exec "$0" "$1" 2>&1', python, join(folder, 'job.py')],
      {
        // PythonRunner of Spark gives it this one.
        env: { ...env, PYSPARK_GATEWAY_PORT: '1' },
        cwd: folder,
        encoding: 'utf8',
      },
    );
    const exitCode = signal === 'SIGINT' ? 130 : status;
    return { ...(exitCode !== null && { exitCode }), stdout };
  };
  const place = ({ file, line, column }: { file: string; line: number; column?: number }): string =>
    `${file.replace(`${folder}/`, '')}:${line}${column === undefined ? '' : `:${column}`}`;

  for (const [what, program, exitCode, reason, places] of ends) {
    it(`says that ${what} was the end`, () => {
      const ran = run(program);
      assert.equal(ran.exitCode, exitCode, ran.stdout);
      const sources = filesOf(batch);
      const reported = readReportedErrors(batch, lineIn(sources));
      assert.ok(reported, 'there is no report');
      const output = { stdout: ran.stdout, stderr: '' };
      assert.equal(explain({ exitCode }, output, sources, reported), reason);
      const problems = findProblems(output, { exitCode }, sources, reported);
      // Columns are known from Python 3.11 on.
      const known =
        hasColumns || what === 'wrong syntax' ? places : places.map(each => each.replace(/:\d+$/, ''));
      assert.deepEqual(problems.map(place), known);
      assert.equal(statSync(join(batch, 'driver-report.json')).mode & 0o777, 0o600);
    });
  }

  for (const [what, program] of silent) {
    it(`isn't there after ${what}`, () => {
      run(program);
      assert.equal(readReportedErrors(batch), undefined);
    });
  }

  it('cannot be seen by the program', () => {
    const show = `${look}\nprint(seen)`;
    for (const path of [{}, { PYTHONPATH: '/one:/two' }]) {
      assert.equal(run(show, path).stdout, run(show, path, false).stdout);
    }
  });

  it("leaves the user's own sitecustomize alone", () => {
    mkdirSync(join(folder, 'site'));
    writeFileSync(join(folder, 'site', 'sitecustomize.py'), 'import sys\nsys.customized = __file__');
    const show = `${look}\nprint(seen[:1], sys.customized)\n1/0`;
    const path = { PYTHONPATH: join(folder, 'site') };
    assert.equal(run(show, path).stdout, run(show, path, false).stdout);
    assert.match(run(show, path).stdout, /site\/sitecustomize\.py/);
    assert.equal(readReportedErrors(batch)?.length, 1);
  });

  it('imports nothing of the program', () => {
    for (const name of ['json', 'traceback', 'driver_report', 'sitecustomize', 'atexit']) {
      writeFileSync(join(folder, `${name}.py`), 'print("imported", __name__)');
    }
    // Python 3.13 itself imports `traceback` to show an error.
    assert.equal(run('1 / 0').stdout, run('1 / 0', {}, false).stdout);
    assert.equal(readReportedErrors(batch)?.length, 1);
    assert.match(run('import driver_report').stdout, /imported driver_report/);
  });

  it('is of bounded size', () => {
    run(
      'import sys\nsys.setrecursionlimit(9000)\ndef f(n):\n    return g(n)\ndef g(n):\n    return f(n + 1)\nf(0)',
    );
    assert.match(
      explain({ exitCode: 1 }, { stdout: '', stderr: '' }, filesOf(batch), readReportedErrors(batch)),
      /^RecursionError/,
    );
    assert.ok(statSync(join(batch, 'driver-report.json')).size < 100_000);
    run('raise ValueError("x" * 50_000_000)');
    assert.ok(statSync(join(batch, 'driver-report.json')).size < 300_000);
  });

  it('is not read where something else stands in its place', () => {
    const file = join(batch, 'driver-report.json');
    const put: (() => void)[] = [
      () => writeFileSync(file, '{"version":1'),
      () => writeFileSync(file, '{"version":1,"cwd":"/","errors":[{"role":"uncaught"}]}'),
      () =>
        writeFileSync(
          file,
          JSON.stringify({ version: 1, cwd: '/', errors: Array.from({ length: 13 }, () => oneError) }),
        ),
      () => writeFileSync(file, ' '.repeat(9 * 2 ** 20)),
      () => symlinkSync('/dev/zero', file),
      () => execFileSync('mkfifo', [file]),
    ];
    for (const each of put) {
      each();
      assert.equal(readReportedErrors(batch), undefined, each.toString());
      rmSync(file);
    }
  });

  it('is not asked for where its environment would leave this machine, or of a jar', () => {
    for (const [file, master] of [
      ['a.py', 'yarn'],
      ['a.py', 'k8s://https://host'],
      ['a.jar', 'local[2]'],
    ] as const) {
      assert.deepEqual(withDriverHook({ A: 'b' }, { file, master }), { A: 'b' });
    }
    const { PYTHONPATH } = withDriverHook(
      { PYTHONPATH: '/own' },
      { file: 'a.py', master: 'spark://host:7077' },
    );
    assert.ok(
      PYTHONPATH?.endsWith(':/own') && existsSync(join(PYTHONPATH.split(':')[0] ?? '', 'sitecustomize.py')),
    );
  });
});

const oneError = {
  role: 'uncaught',
  module: 'builtins',
  type: 'KeyError',
  message: '',
  notes: [],
  frames: [],
};

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();
const minor = Number(
  execFileSync(python, ['-c', 'import sys; print(sys.version_info[1])'], { encoding: 'utf8' }),
);
const hasColumns = minor >= 11;
