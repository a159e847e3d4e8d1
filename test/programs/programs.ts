/** A small program whose fate or output is easily told wrong, and what its user expects. */
export interface Program {
  name: string;
  /** Where it is submitted from, beneath this folder. */
  folder: string;
  file: string;
  /** local[1] unless given; null leaves it to the configuration. */
  master?: string | null;
  /** Other options of spark-submit. */
  options?: readonly string[];
  args?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** Uses a Spark home whose conf folder is that of `folder`. */
  ownSparkHome?: boolean;
  /** How often it is run in a row; a later run may start in a warm driver. Once unless given. */
  times?: number;
  expected: {
    exitCode: number;
    /** Of the application, where one starts. */
    appName?: string;
    stdout?: string | RegExp;
    reason: RegExp;
    /** The first entry in Problems; none is expected where it is left out. */
    problem?: { file: string; line: number };
  };
}

export const programs: readonly Program[] = [
  {
    name: 'a finalizer fails after the program did',
    folder: 'finalizer',
    file: 'job.py',
    expected: { exitCode: 1, reason: /^FileNotFoundError: no input/, problem: { file: 'job.py', line: 7 } },
  },
  {
    name: 'an exception that was caught and printed',
    folder: 'caught',
    file: 'job.py',
    expected: { exitCode: 3, stdout: /17 rows were rejected/, reason: /17 rows were rejected/ },
  },
  {
    name: 'a UDF that prints a line like an error',
    folder: 'udf-print',
    file: 'job.py',
    expected: { exitCode: 1, reason: /^ZeroDivisionError/, problem: { file: 'job.py', line: 17 } },
  },
  {
    name: 'a main class that prints a line like an error',
    folder: 'java',
    file: 'plain.jar',
    options: ['--class', 'demo.Retry'],
    expected: { exitCode: 4, stdout: '42 rows rejected, more than allowed\n', reason: /42 rows rejected/ },
  },
  {
    name: "an exit code that is also that of Spark's out-of-memory handler",
    folder: 'exit-code',
    file: 'job.py',
    expected: { exitCode: 52, stdout: 'rows rejected: 17\n', reason: /52.*rows rejected: 17/ },
  },
  {
    name: 'a stack overflow of 100 kB',
    folder: 'huge-plan',
    file: 'job.py',
    expected: { exitCode: 1, reason: /StackOverflowError/, problem: { file: 'job.py', line: 9 } },
  },
  {
    name: 'an exception behind an unfinished line',
    folder: 'java',
    file: 'plain.jar',
    options: ['--class', 'demo.Dots'],
    expected: {
      exitCode: 1,
      reason: /IllegalStateException: file 4 is empty/,
      problem: { file: 'demo/Dots.java', line: 6 },
    },
  },
  {
    name: "an exception behind Spark's progress bar",
    folder: 'java',
    file: 'plain.jar',
    master: 'local[2]',
    options: ['--conf', 'spark.ui.showConsoleProgress=true', '--class', 'demo.Bar'],
    expected: {
      exitCode: 1,
      appName: 'demo.Bar',
      reason: /IllegalStateException: only 1 rows/,
      problem: { file: 'demo/Bar.java', line: 14 },
    },
  },
  {
    name: 'an exception in foreachBatch',
    folder: 'foreach-batch',
    file: 'job.py',
    master: 'local[2]',
    expected: {
      exitCode: 1,
      appName: 'job.py',
      reason: /ValueError: batch 0 has 0 rows, too few/,
      problem: { file: 'job.py', line: 8 },
    },
  },
  {
    name: 'a Python that may colour its tracebacks',
    folder: 'coloured',
    file: 'job.py',
    environment: { FORCE_COLOR: '1' },
    expected: { exitCode: 1, reason: /^ZeroDivisionError/, problem: { file: 'job.py', line: 2 } },
  },
  {
    name: 'escape codes in the last line',
    folder: 'progress-bar',
    file: 'job.py',
    expected: { exitCode: 3, reason: /^[^\p{Cc}]*too many bad rows[^\p{Cc}]*$/u },
  },
  {
    name: 'bytes that are no text',
    folder: 'bytes',
    file: 'job.py',
    expected: { exitCode: 0, reason: /exit code 0/ },
  },
  {
    name: 'an exception in a file of --py-files, in the driver',
    folder: 'py-files/app',
    file: 'job.py',
    options: ['--py-files', '../lib/pricing.py'],
    expected: { exitCode: 1, reason: /^ZeroDivisionError/, problem: { file: '../lib/pricing.py', line: 2 } },
  },
  {
    name: 'an exception in a file of --py-files, in a task',
    folder: 'py-files/app',
    file: 'job2.py',
    options: ['--py-files', '../lib/pricing.py'],
    expected: { exitCode: 1, reason: /ZeroDivisionError/, problem: { file: '../lib/pricing.py', line: 2 } },
  },
  {
    name: 'a pattern in --py-files',
    folder: 'globs',
    file: 'job.py',
    options: ['--py-files', 'libs/*.zip'],
    expected: { exitCode: 0, stdout: '2.0\n', reason: /exit code 0/ },
  },
  {
    name: 'a jar that begins with a shell script',
    folder: 'java',
    file: 'prefixed.jar',
    options: ['--class', 'demo.Hello'],
    args: ['a', 'b c'],
    expected: { exitCode: 0, stdout: 'hello a|b c\n', reason: /exit code 0/ },
  },
  {
    name: 'spark-defaults.conf with trailing blanks and a master',
    folder: 'defaults',
    file: 'job.py',
    ownSparkHome: true,
    master: null,
    times: 3,
    expected: {
      exitCode: 0,
      appName: 'defaults-name',
      stdout: /^local\[1\] defaults-name '600m' yes \d+\n$/,
      reason: /exit code 0/,
    },
  },
  {
    name: 'SPARK_CONF_DIR of the run',
    folder: 'conf-dir',
    file: 'job.py',
    environment: { SPARK_CONF_DIR: 'conf' },
    expected: { exitCode: 0, appName: 'job.py', stdout: 'zone north 3\n', reason: /exit code 0/ },
  },
  {
    name: 'spark.app.name by --conf',
    folder: 'app-name',
    file: 'job.py',
    options: ['--conf', 'spark.app.name=nightly-load'],
    expected: {
      exitCode: 0,
      appName: 'nightly-load',
      stdout: 'app name: nightly-load\n',
      reason: /exit code 0/,
    },
  },
  {
    name: 'blanks and line breaks in values of --conf',
    folder: 'conf-blanks',
    file: 'job.py',
    options: [
      '--conf',
      'spark.etl.sep=\t',
      '--conf',
      'spark.etl.pad=  x ',
      '--conf',
      'spark.hadoop.textinputformat.record.delimiter=\n\n',
      '--conf',
      String.raw`spark.etl.odd=a\b:é=#!`,
    ],
    expected: { exitCode: 0, appName: 'job.py', reason: /exit code 0/ },
  },
  {
    name: 'environment names with dots and dashes',
    folder: 'environment',
    file: 'job.py',
    environment: { 'app.profile': 'prod', 'APP-ID': '7', APP_OK: '1' },
    expected: { exitCode: 0, stdout: /app\.profile.*APP-ID|APP-ID.*app\.profile/, reason: /exit code 0/ },
  },
  {
    name: 'a module beside the program that is named like one of Python',
    folder: 'shadow',
    file: 'job.py',
    times: 2,
    expected: { exitCode: 0, appName: 'job.py', stdout: 'fiscal year 2026 3\n', reason: /exit code 0/ },
  },
];
