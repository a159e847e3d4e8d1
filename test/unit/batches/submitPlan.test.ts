import assert from 'node:assert/strict';
import { shellLine } from '../../../server/batches/shellLine.ts';
import { parseProperties } from '../../../server/batches/parseProperties.ts';
import { isLoopback, planSubmit, submitArguments } from '../../../server/batches/submitPlan.ts';
import type { BatchRequest } from '../../../server/protocol/batch.ts';
import type { Runtime } from '../../../server/protocol/runtime.ts';

const runtime: Runtime = {
  java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
  spark: { home: '/spark', version: '4.3.0', source: 'SPARK_HOME' },
  python: { path: '/python', version: '3.12.1', source: 'PATH' },
};

const plan = (
  request: BatchRequest,
  master = 'spark://127.0.0.1:7077',
  sparkDefaults: Record<string, string> = {},
  authentication: Record<string, string> = {},
  namesLocalDir = false,
): ReturnType<typeof planSubmit> =>
  planSubmit({
    request,
    master,
    runtime,
    uiPort: 4567,
    folder: '/data/batches/1',
    workingFolder: '/w',
    baseEnv: { PATH: '/bin', HOME: '/h' },
    sparkDefaults,
    executorOptions: [],
    authentication,
    namesLocalDir,
  });
const conf = (...args: Parameters<typeof plan>): Record<string, string> =>
  parseProperties(plan(...args).properties);

describe('batches/submitPlan', () => {
  it("gives the cluster's secret in the private file alone, before the user's own", () => {
    const given = { 'spark.authenticate': 'true', 'spark.authenticate.secret': 'of the cluster' };
    const made = plan(
      { file: '/a.py', conf: { 'spark.authenticate': 'false' } },
      'spark://127.0.0.1:7077',
      { 'spark.authenticate.secret': 'of the site' },
      given,
    );
    assert.deepEqual({ ...parseProperties(made.properties), ...given }, parseProperties(made.properties));
    assert.doesNotMatch(JSON.stringify(made.command), /of the cluster/);
  });

  it("has Spark redact the cluster's secret beside what the user's own pattern names", () => {
    const own = { 'spark.redaction.regex': 'mine' };
    const secret = { 'spark.authenticate.secret': 'of the cluster' };
    const request = { file: '/a.py', conf: own };
    assert.equal(conf(request)['spark.redaction.regex'], 'mine');
    assert.equal(
      conf(request, 'spark://127.0.0.1:7077', {}, secret)['spark.redaction.regex'],
      '(?:mine)|(?i:secret|password|token|access[.]?key)',
    );
    const ofSite = conf({ file: '/a.py' }, 'spark://127.0.0.1:7077', own, secret);
    assert.match(ofSite['spark.redaction.regex'] ?? '', /mine.*secret/);
  });

  it('has no kill links in the web page of the driver, unless they are wanted', () => {
    assert.equal(conf({ file: '/a.py' })['spark.ui.killEnabled'], 'false');
    const wanted = { 'spark.ui.killEnabled': 'true' };
    assert.equal(conf({ file: '/a.py', conf: wanted })['spark.ui.killEnabled'], 'true');
  });

  it('makes a spark-submit of every field', () => {
    const { command } = plan({
      file: '/a/app.jar',
      name: 'n',
      className: 'com.example.Main',
      args: ['--x', 'y z', ''],
      jars: ['/a.jar', '/b.jar'],
      pyFiles: ['/p.zip'],
      files: ['/f'],
      archives: ['/e.tgz#env'],
      driverMemory: '1g',
      driverCores: 2,
      executorMemory: '2g',
      executorCores: 3,
      environment: { A: 'b', PATH: '/mine' },
    });
    assert.equal(command.program, '/spark/bin/spark-submit');
    assert.deepEqual(command.args, [
      ...['--master', 'spark://127.0.0.1:7077', '--deploy-mode', 'client', '--name', 'n'],
      ...['--class', 'com.example.Main'],
      ...['--jars', '/a.jar,/b.jar', '--py-files', '/p.zip', '--files', '/f', '--archives', '/e.tgz#env'],
      ...['--properties-file', '/data/batches/1/spark.conf', '--driver-memory', '1g', '--driver-cores', '2'],
      ...['--executor-memory', '2g', '--executor-cores', '3', '/a/app.jar', '--x', 'y z', ''],
    ]);
    assert.deepEqual(command.env, {
      PATH: '/mine',
      HOME: '/h',
      JAVA_HOME: '/java',
      SPARK_HOME: '/spark',
      PYSPARK_PYTHON: '/python',
      PYSPARK_DRIVER_PYTHON: '/python',
      SPARK_LOCAL_IP: '127.0.0.1',
      SPARK_LOCAL_DIRS: '/data/batches/1/scratch',
      A: 'b',
    });
    assert.equal(command.workingFolder, '/w');
  });

  it('names a file to run that has a # in its path by a URL, since Spark would read no further', () => {
    const named = (file: string): string | undefined => submitArguments({ file }, { master: 'local' }).at(-1);
    assert.equal(named('/w/d#r/job#1 ü%.py'), 'file:///w/d%23r/job%231%20%C3%BC%25.py');
    for (const file of ['/w/job,1.py', '/w/job%41.py', '/w/job [1].py', 's3a://b/a#.py'])
      assert.equal(named(file), file);
  });

  it('asks for an event log of its own and a UI port, unless the user has settings for them', () => {
    assert.deepEqual(conf({ file: '/x.py' }), {
      'spark.eventLog.enabled': 'true',
      'spark.eventLog.dir': 'file:///data/batches/1/events',
      'spark.eventLog.rolling.enabled': 'true',
      'spark.eventLog.compress': 'false',
      'spark.ui.killEnabled': 'false',
      'spark.ui.port': '4567',
      'spark.driver.host': '127.0.0.1',
      'spark.driver.bindAddress': '127.0.0.1',
    });
    const own = { 'spark.eventLog.dir': 'hdfs:///logs', 'spark.ui.port': '4040' };
    assert.equal(conf({ file: '/x.py', conf: own })['spark.eventLog.dir'], 'hdfs:///logs');
    assert.equal(conf({ file: '/x.py', conf: own })['spark.ui.port'], '4040');
    const defaults = { 'spark.eventLog.dir': 's3a://theirs', 'spark.a': 'b' };
    assert.equal(conf({ file: '/x.py' }, 'local[2]', defaults)['spark.eventLog.dir'], 's3a://theirs');
    assert.equal(conf({ file: '/x.py', conf: { 'spark.a': 'c' } }, 'local[2]', defaults)['spark.a'], 'c');
  });

  it('gives the scratch folder as a setting to a program that may set it itself, which its code goes before', () => {
    const made = (request: BatchRequest, defaults = {}): ReturnType<typeof plan> =>
      plan(request, 'local[1]', defaults, {}, true);
    const { command, properties } = made({ file: '/x.py' });
    assert.equal(command.env['SPARK_LOCAL_DIRS'], undefined);
    assert.equal(parseProperties(properties)['spark.local.dir'], '/data/batches/1/scratch');
    const own = { 'spark.local.dir': '/mine' };
    for (const { command, properties } of [
      made({ file: '/x.py', conf: own }),
      made({ file: '/x.py' }, own),
    ]) {
      assert.equal(command.env['SPARK_LOCAL_DIRS'], undefined);
      assert.equal(parseProperties(properties)['spark.local.dir'], '/mine');
    }
    // A variable of the user's own goes before what the code sets, as it does for spark-submit.
    const named = made({ file: '/x.py', environment: { SPARK_LOCAL_DIRS: '/theirs' } });
    assert.equal(named.command.env['SPARK_LOCAL_DIRS'], '/theirs');
  });

  it('writes values that a properties file could misread', () => {
    const values = {
      'spark.one': '\n\nlines\r',
      'spark.two': 'a=b:c # d ! \\ ü €😀',
      'spark.three': 'x'.repeat(200),
    };
    const read = conf({ file: '/x.py', conf: values });
    for (const [key, value] of Object.entries(values)) assert.equal(read[key], value);
  });

  it('gives values that Spark would trim as arguments, and no others', () => {
    const values = {
      'spark.sep': '\t',
      'spark.pad': '  x ',
      'spark.plain': 'x',
      'spark.lines': '\n\n',
      'spark.none': '',
    };
    const { command, properties } = plan({ file: '/x.py', conf: values, args: ['--conf'] });
    const settings = command.args.filter((_, index) => command.args[index - 1] === '--conf');
    assert.deepEqual(settings, ['spark.sep=\t', 'spark.pad=  x ']);
    const read = parseProperties(properties);
    assert.deepEqual(
      Object.keys(values).map(name => read[name]),
      [undefined, undefined, 'x', '\n\n', ''],
    );
  });

  it('writes a long value on one line', () => {
    const value = `${'word '.repeat(60_000)}end`;
    const { properties } = plan({ file: '/x.py', conf: { 'spark.long': value } });
    assert.ok(properties.split('\n').includes(`spark.long=${value}`));
  });

  it("leaves the application's name to Spark unless the request has one", () => {
    const named = plan({ file: '/x.py', name: 'a name', conf: { 'spark.app.name': 'another' } });
    assert.equal(named.command.args[named.command.args.indexOf('--name') + 1], 'a name');
    const unnamed = plan({ file: '/x.py' }, 'local', { 'spark.app.name': 'of the defaults' });
    assert.ok(!unnamed.command.args.includes('--name'));
    assert.equal(parseProperties(unnamed.properties)['spark.app.name'], 'of the defaults');
  });

  it("turns a number of executors into a standalone master's cores", () => {
    const request = { file: '/x.py', numExecutors: 3, executorCores: 2 };
    assert.equal(conf(request)['spark.cores.max'], '6');
    assert.ok(!plan(request).command.args.includes('--num-executors'));
    const yarn = plan(request, 'yarn');
    assert.equal(yarn.command.args[yarn.command.args.indexOf('--num-executors') + 1], '3');
    assert.equal(conf(request, 'yarn')['spark.cores.max'], undefined);
  });

  it('binds to the loopback address only where the whole cluster is there', () => {
    const masters = [
      'local',
      'local[2]',
      'local[*,3]',
      'local-cluster[1,1,1024]',
      'spark://127.0.0.1:7077',
      'spark://localhost:1',
    ];
    assert.deepEqual(
      masters.map(isLoopback),
      masters.map(() => true),
    );
    const elsewhere = [
      'spark://10.0.0.5:7077',
      'yarn',
      'k8s://https://localhost:1',
      'spark://localhost.example.org:7077',
      'localx',
    ];
    assert.deepEqual(
      elsewhere.map(isLoopback),
      elsewhere.map(() => false),
    );
    assert.equal(conf({ file: '/x.py' }, 'spark://10.0.0.5:7077')['spark.driver.host'], undefined);
    assert.equal(plan({ file: '/x.py' }, 'yarn').command.env['SPARK_LOCAL_IP'], undefined);
  });

  it('shows a command line that a shell reads back', () => {
    assert.equal(
      shellLine(['spark-submit', '--conf', 'spark.a=*(b)', 'a b', "it's", '', '$x', '/p/x.py']),
      String.raw`spark-submit --conf 'spark.a=*(b)' 'a b' 'it'\''s' '' '$x' /p/x.py`,
    );
  });
});
