import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { SparkdeckError } from '../../../server/protocol/errors.ts';
import { DoctorReport } from '../../../server/protocol/runtime.ts';
import type { RuntimePreference } from '../../../server/protocol/runtime.ts';
import type { Machine } from '../../../server/runtimes/machine.ts';
import { writeMarker } from '../../../server/runtimes/managedRuntimes.ts';
import { Runtimes } from '../../../server/runtimes/runtimes.ts';
import { Value } from 'typebox/value';
import { javaHome, python, sparkHome, Tree } from './tree.ts';

// Javas, Pythons and Sparks here are made-up trees and scripts; real ones are in test/spark/managedRuntime.test.ts.
describe('Runtimes', () => {
  let tree: Tree;
  beforeEach(async () => {
    tree = await Tree.make({
      ...javaHome('jvm/java-17', '17.0.15'),
      'bin/python3': python({ path: '/bin/python3', version: '3.11.2' }),
      'os-release': 'ID=debian\nVERSION_ID="12"\n',
    });
  });
  afterEach(() => tree.remove());

  const runtimes = (env: NodeJS.ProcessEnv = {}, machine: Partial<Machine> = {}): Runtimes =>
    new Runtimes({
      env: { HOME: tree.root, PATH: tree.path('bin'), ...env },
      installFolder: tree.path('cache/runtimes'),
      machine: {
        platform: 'linux',
        cores: 2,
        memory: 8 * 2 ** 30,
        superuser: false,
        osReleaseFile: tree.path('os-release'),
        javaFolders: [{ folder: tree.path('jvm'), name: /./, inside: '' }],
        ...machine,
      },
    });
  const refused = async (promise: Promise<unknown>): Promise<string> => {
    try {
      await promise;
    } catch (error) {
      if (error instanceof SparkdeckError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'not refused';
  };
  const addManaged = async (version: string, marked = true): Promise<void> => {
    const folder = `cache/runtimes/spark-${version}`;
    await tree.add({
      ...sparkHome(`${folder}/lib/pyspark`, version),
      [`${folder}/bin/python`]: python({ path: tree.path(`${folder}/bin/python`), version: '3.11.2' }),
    });
    if (marked)
      await writeMarker(tree.path(folder), { spark: version, home: 'lib/pyspark', python: 'bin/python' });
  };

  it('resolves the newest managed Spark with its own Python', async () => {
    await addManaged('4.2.1');
    await addManaged('4.3.0');
    assert.deepEqual(await runtimes().resolve({}), {
      java: { home: tree.path('jvm/java-17'), version: 17, fullVersion: '17.0.15', source: tree.path('jvm') },
      spark: {
        home: tree.path('cache/runtimes/spark-4.3.0/lib/pyspark'),
        version: '4.3.0',
        source: 'managed',
      },
      python: {
        path: tree.path('cache/runtimes/spark-4.3.0/bin/python'),
        version: '3.11.2',
        source: 'managed',
      },
    });
    assert.equal((await runtimes().resolve({ sparkVersion: '4.2.1' })).spark.version, '4.2.1');
  });

  it('runs no program a second time', async () => {
    await addManaged('4.3.0');
    const one = runtimes();
    await one.resolve({});
    const first = await readFile(tree.path('bin/python3.runs'), 'utf8');
    await Promise.all([one.resolve({}), one.resolve({})]);
    assert.equal(await readFile(tree.path('bin/python3.runs'), 'utf8'), first);
    await one.doctor({});
    assert.notEqual(await readFile(tree.path('bin/python3.runs'), 'utf8'), first, 'doctor asks anew');
  });

  it('never takes a half-made install for a whole one', async () => {
    await addManaged('4.3.0', false);
    assert.match(await refused(runtimes().resolve({})), /^runtime\.missing: No Spark was found/);
    const report = await runtimes().doctor({});
    assert.ok(
      report.findings.some(({ message }) =>
        /spark-4\.3\.0 holds an install that is under way or was broken off/.test(message),
      ),
    );
    await addManaged('4.2.1');
    await rm(tree.path('cache/runtimes/spark-4.2.1/lib/pyspark/jars'), { recursive: true });
    assert.match(await refused(runtimes().resolve({})), /^runtime\.missing: No Spark was found/);
  });

  it('prefers SPARK_HOME, then a pyspark that a Python imports, to a managed Spark', async () => {
    await addManaged('4.3.0');
    await tree.add({
      ...sparkHome('opt/spark', '4.0.5'),
      ...sparkHome('site/pyspark', '4.2.1'),
      'bin/python3.12': python({ path: '/py312', version: '3.12.1', searchPath: [tree.path('site')] }),
    });
    const own = await runtimes().resolve({});
    assert.deepEqual([own.spark.source, own.spark.version, own.python.path], ['pyspark', '4.2.1', '/py312']);
    const named = await runtimes({ SPARK_HOME: tree.path('opt/spark') }).resolve({});
    assert.deepEqual([named.spark.source, named.spark.version], ['SPARK_HOME', '4.0.5']);
  });

  it('passes over variables that lead nowhere, and tells so', async () => {
    await addManaged('4.3.0');
    const env = {
      SPARK_HOME: tree.path('no-spark'),
      JAVA_HOME: tree.path('no-java'),
      PYSPARK_PYTHON: 'no-python',
    };
    assert.equal((await runtimes(env).resolve({})).spark.version, '4.3.0');
    const { findings, runtime } = await runtimes(env).doctor({});
    assert.ok(runtime);
    assert.deepEqual(
      findings
        .map(({ level, subject, message }) => `${level} ${subject} ${message.split(' ')[0]}`)
        .toSorted(),
      ['warning java JAVA_HOME', 'warning python PYSPARK_PYTHON', 'warning spark SPARK_HOME'],
    );
  });

  const settings: [name: string, preference: RuntimePreference, expected: RegExp][] = [
    [
      'javaHome',
      { javaHome: '/no/java' },
      /^runtime\.missing: \/no\/java is not a Java: .* setting javaHome/,
    ],
    [
      'sparkHome',
      { sparkHome: '/no/spark' },
      /^runtime\.missing: \/no\/spark is not a Spark: .* setting sparkHome/,
    ],
    [
      'python',
      { python: '/no/python' },
      /^runtime\.missing: There is no program \/no\/python.* setting python/,
    ],
    [
      'sparkVersion',
      { sparkVersion: '4.2.1' },
      /^runtime\.missing: Spark 4\.2\.1 is not installed\. .*--spark-version 4\.2\.1/,
    ],
  ];
  for (const [name, preference, expected] of settings)
    it(`refuses a ${name} that doesn't serve, whatever else is there`, async () => {
      await addManaged('4.3.0');
      assert.match(await refused(runtimes().resolve(preference)), expected);
      const report = await runtimes().doctor(preference);
      assert.equal(report.runtime, undefined);
      assert.equal(report.findings[0]?.level, 'error');
    });

  it('says what to type where there is no Java, also before an install', async () => {
    const none = runtimes({}, { javaFolders: [] });
    const typed = /^runtime\.missing: .*`sudo apt-get install openjdk-17-jre-headless`$/;
    assert.match(await refused(none.resolve({})), typed);
    assert.match(await refused(none.install({}, () => {})), typed);
    assert.equal((await none.doctor({})).installable, undefined);
  });

  it('names what an install would bring', async () => {
    assert.equal((await runtimes().doctor({})).installable, '4.3.0');
    await tree.add({ 'bin/python3': python({ path: '/bin/python3', version: '3.10.1' }) });
    assert.equal((await runtimes().doctor({})).installable, '4.2.1');
    assert.match(await refused(runtimes().resolve({})), /Sparkdeck can install Spark 4\.2\.1/);
  });

  it("says which package Python's venv is in", async () => {
    await tree.add({
      'bin/python3': python({ path: '/usr/bin/python3', version: '3.11.2', makesVenvs: false }),
    });
    assert.match(
      await refused(runtimes().install({}, () => {})),
      /^runtime\.install: \/usr\/bin\/python3 can't make virtual environments.*`sudo apt-get install python3-venv`$/,
    );
  });

  it('installs nothing that could not be started afterwards', async () => {
    const install = (preference: RuntimePreference): Promise<string> =>
      refused(runtimes().install(preference, () => {}));
    await tree.add({
      ...javaHome('old', '11.0.2'),
      'bin/python3': python({ path: '/p', version: '3.10.1' }),
    });
    assert.match(
      await install({ sparkVersion: '4.3.0' }),
      /^runtime\.unfit: Spark 4\.3\.0 needs Python 3\.11/,
    );
    assert.match(
      await install({ sparkVersion: '4.2.1', javaHome: tree.path('old') }),
      /^runtime\.unfit: Spark 4\.2\.1 needs Java 17/,
    );
    assert.match(await install({ sparkHome: '/own' }), /^request\.invalid: The setting sparkHome names/);
  });

  it('tells of a folder that cannot be written, and of little memory', async () => {
    await tree.add({ cache: 'a file where a folder should be' });
    const { findings } = await runtimes({}, { memory: 2 ** 30 }).doctor({});
    assert.ok(
      findings.some(({ subject, message }) => subject === 'folder' && message.includes('may not write')),
    );
    assert.ok(findings.some(({ subject, message }) => subject === 'machine' && message.includes('1.0 GiB')));
    assert.match(await refused(runtimes().install({}, () => {})), /^folder\.unwritable: Can't install into/);
  });

  it('reports in the words of the protocol', async () => {
    await addManaged('4.3.0');
    const report = await runtimes().doctor({});
    assert.deepEqual([...Value.Errors(DoctorReport, report)], []);
    assert.ok(report.pythons.some(({ source }) => source === 'managed'));
  });
});
