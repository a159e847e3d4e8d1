import assert from 'node:assert/strict';
import { explain, type ProcessEnd } from '../../../server/batches/explain.ts';
import { recordedOutput, recordedSources } from './recordedOutput.ts';

const recorded: [name: string, exitCode: number, reason: string][] = [
  ['py-handled', 0, 'exit code 0'],
  ['py-word_count', 1, 'ZeroDivisionError: division by zero (word_count.py:5)'],
  ['py-udf_fails', 1, "ValueError: invalid literal for int() with base 10: 'two' (udf_fails.py:6)"],
  ['py-rdd_fails', 1, 'ZeroDivisionError: division by zero (rdd_fails.py:7)'],
  ['py-chained', 1, "KeyError: 'fallback' (chained.py:16)"],
  ['py-syntax', 1, "SyntaxError: '(' was never closed (syntax.py:4)"],
  ['py-no_module', 1, "ModuleNotFoundError: No module named 'pandas_of_tomorrow' (no_module.py:1)"],
  [
    'py-no_input',
    1,
    'AnalysisException: [PATH_NOT_FOUND] Path does not exist: file:/home/user/data/nothing-here.txt. SQLSTATE: 42K03 (no_input.py:4)',
  ],
  ['py-exits', 3, 'exit code 3; the last line of output was: three things are wrong'],
  ['py-exits_text', 1, 'exit code 1; the last line of output was: The input folder is empty.'],
  ['py-killed', 137, 'exit code 137, as after signal SIGKILL (9): perhaps the machine ran out of memory'],
  [
    'py-oom',
    52,
    'The driver ran out of memory (java.lang.OutOfMemoryError: Java heap space). Give it more: driverMemory.',
  ],
  [
    'py-exec_oom',
    1,
    'An executor ran out of memory; give it more: executorMemory. org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 in stage 0.0 (TID 0) (127.0.0.1 executor 0): java.lang.OutOfMemoryError: Java heap space (exec_oom.py:5)',
  ],
  ['no-py', 2, 'There is no file /home/user/project/gone.py.'],
  ['no-jar', 101, 'There is no file /home/user/project/gone.jar.'],
  ['no-resource', 1, 'Missing application resource.'],
  ['bad-option', 1, 'Unrecognized option: --no-such-option'],
  [
    'bad-master',
    1,
    "org.apache.spark.SparkException: Could not parse Master URL: 'sparkk://127.0.0.1:7077' (word_count.py:9)",
  ],
  [
    'bad-conf',
    1,
    `org.apache.spark.SparkIllegalArgumentException: [INVALID_CONF_VALUE.TYPE_MISMATCH] The value 'many' in the config "spark.task.cpus" is invalid. It should be a/an 'decimal' value. SQLSTATE: 22022 (word_count.py:9)`,
  ],
  ['no-master', 1, 'No answer from the master at 127.0.0.1:1. Is the cluster still running?'],
  [
    'jar-Fails',
    1,
    `java.lang.IllegalStateException: The table orders can't be read (Fails.java:12), caused by java.lang.NumberFormatException: For input string: "orders"`,
  ],
  ['jar-TaskFails', 1, 'java.lang.ArithmeticException: / by zero (TaskFails.java:15)'],
  ['jar-Exits', 4, 'exit code 4; the last line of output was: leaving'],
  [
    'jar-OutOfMemory',
    1,
    'The driver ran out of memory (java.lang.OutOfMemoryError: Java heap space). Give it more: driverMemory.',
  ],
  ['jar-Missing', 101, 'Class com.example.jobs.Missing is not in the jar, nor in the jars beside it.'],
  [
    'jar-Needs',
    1,
    'java.lang.NoClassDefFoundError: com/example/lib/Library (Needs.java:7). Add the jar that has the class com.example.lib.Library to jars.',
  ],
  [
    'jar-NoInput',
    1,
    'org.apache.spark.sql.AnalysisException: [PATH_NOT_FOUND] Path does not exist: file:/home/user/data/nothing-here.txt. SQLSTATE: 42K03 (NoInput.java:8)',
  ],
  [
    'jar-nomain',
    1,
    'org.apache.spark.SparkException: No main class set in JAR; please specify one with --class.',
  ],
  [
    'jar-new',
    1,
    'java.lang.UnsupportedClassVersionError: New has been compiled by a more recent version of the Java Runtime (class file version 69.0), this version of the Java Runtime only recognizes class file versions up to 61.0. It was compiled for Java 25, and Java 17 runs it: compile it with --release 17, or choose a newer Java.',
  ],
  [
    'jar-bad-master',
    1,
    "org.apache.spark.SparkException: Could not parse Master URL: 'sparkk://127.0.0.1:7077' (Handled.java:7)",
  ],
];

const silent = { stdout: '', stderr: '' };

const bare: [end: ProcessEnd, tails: { stdout: string; stderr: string }, reason: string][] = [
  [{ exitCode: 3 }, silent, 'exit code 3'],
  [{ exitCode: 143 }, silent, 'exit code 143, as after signal SIGTERM (15)'],
  [{ exitCode: undefined, signal: 'SIGSEGV' }, silent, 'ended by signal SIGSEGV (11)'],
  // 200 is no signal's: a program may leave with it.
  [{ exitCode: 200 }, silent, 'exit code 200'],
  [{ exitCode: 255 }, silent, 'exit code 255'],
  [
    { exitCode: 137 },
    { stdout: '', stderr: 'java.lang.OutOfMemoryError: GC overhead limit exceeded\n\tat a.B.c(B.java:1)\n' },
    'exit code 137, as after signal SIGKILL (9) after it ran out of memory',
  ],
  [
    { exitCode: 143 },
    {
      stdout: '',
      stderr:
        '26/11/23 01:00:00 WARN TaskSchedulerImpl: Initial job has not accepted any resources; check your cluster UI to ensure that workers are registered and have sufficient resources\n',
    },
    'exit code 143, as after signal SIGTERM (15) while it waited for resources: no worker had the cores and memory it asks for',
  ],
  [
    { exitCode: 127 },
    { stdout: '', stderr: 'sparkdeck: could not start /opt/spark/bin/spark-submit: no such file\n' },
    'could not start /opt/spark/bin/spark-submit: no such file',
  ],
  [
    { exitCode: undefined },
    silent,
    'Its processes are gone and left no exit code: the machine was restarted, or something ended them all with SIGKILL.',
  ],
];

describe('batches/explain', () => {
  for (const [name, exitCode, reason] of recorded) {
    it(`says why ${name} ended with ${exitCode}`, () => {
      assert.equal(explain({ exitCode }, recordedOutput(name), recordedSources), reason);
    });
  }

  for (const [end, tails, reason] of bare) {
    it(`says "${reason.slice(0, 60)}" of ${JSON.stringify(end)}`, () => {
      assert.equal(explain(end, tails, recordedSources), reason);
    });
  }

  it('stays short when an exception is not', () => {
    const stdout = `Traceback (most recent call last):\n  File "/home/user/a.py", line 1, in <module>\nValueError: ${'x'.repeat(5000)}\n`;
    assert.equal(explain({ exitCode: 1 }, { stdout, stderr: '' }, recordedSources).length, 600);
  });
});
