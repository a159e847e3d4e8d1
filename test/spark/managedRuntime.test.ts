import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import type { InstallProgress, Runtime } from '../../server/protocol/runtime.ts';
import { Runtimes } from '../../server/runtimes/runtimes.ts';
import { installTimeout, testInstallFolder, testRuntime } from './support/runtime.ts';

const makeJars = `
import sys, zipfile
for name, signature in (("plain", ["META-INF/sub/A.SF"]), ("signed", ["META-INF/A.SF", "META-INF/a.dsa", "META-INF/B.EC"])):
    with zipfile.ZipFile(sys.argv[1] + "/" + name + ".jar", "w") as jar:
        for entry in ["META-INF/MANIFEST.MF", *signature, "a/A.class"]:
            jar.writestr(entry, entry)
`;
const listJars = `
import sys, zipfile
for name in ("plain.jar", "signed.jar"):
    with zipfile.ZipFile(sys.argv[1] + "/" + name) as jar:
        assert all(jar.read(entry).decode() == entry for entry in jar.namelist())
        print(name, *jar.namelist())
`;

describe('a managed Spark', () => {
  let runtime: Runtime;
  let scratch: string;

  before(async function () {
    this.timeout(installTimeout);
    runtime = await testRuntime();
    scratch = await mkdtemp(join(tmpdir(), 'sparkdeck runtimes '));
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  const runtimes = (installFolder: string, env: NodeJS.ProcessEnv = {}): Runtimes => {
    const { SPARK_HOME: _home, PYSPARK_PYTHON: _python, ...rest } = process.env;
    return new Runtimes({ env: { ...rest, ...env }, installFolder });
  };

  it('starts: spark-submit tells its version', async () => {
    const { all } = await execa(join(runtime.spark.home, 'bin', 'spark-submit'), ['--version'], {
      all: true,
      env: { JAVA_HOME: runtime.java.home, SPARK_HOME: runtime.spark.home },
    });
    assert.match(all, new RegExp(`version ${runtime.spark.version.replaceAll('.', '\\.')}`));
  });

  it('has a Python that imports the same version', async () => {
    const { stdout } = await execa(runtime.python.path, ['-c', 'import pyspark; print(pyspark.__version__)']);
    assert.equal(stdout, runtime.spark.version);
  });

  it('is resolved at once by whoever looks in its folder, and not installed again', async () => {
    const one = runtimes(testInstallFolder);
    const preference = { sparkVersion: runtime.spark.version };
    assert.deepEqual((await one.resolve(preference)).spark, runtime.spark);
    const started = performance.now();
    await one.resolve(preference);
    assert.ok(performance.now() - started < 500, 'a second look takes no program run');
    const steps: InstallProgress[] = [];
    await one.install(preference, step => steps.push(step));
    assert.deepEqual(
      steps.map(({ step }) => step),
      ['done'],
    );
  });

  it('is made anew beside a half-made one, once for two that ask, each told how far it is', async function () {
    this.timeout(installTimeout);
    const folder = join(scratch, 'anew');
    // What is left of an install that was killed: some files and no marker.
    const version = runtime.spark.version;
    await execa('mkdir', ['-p', join(folder, `spark-${version}`, 'lib')]);
    const first: InstallProgress[] = [];
    const second: InstallProgress[] = [];
    const preference = { sparkVersion: version };
    // Two processes' worth: two instances share nothing but the folder.
    const [one, other] = await Promise.all([
      runtimes(folder).install(preference, step => first.push(step)),
      runtimes(folder).install(preference, step => second.push(step)),
    ]);
    assert.equal(one.spark.home, other.spark.home);
    assert.equal(one.python.source, 'managed');
    const folders = (await readdir(folder)).filter(name => name.startsWith('spark-'));
    assert.deepEqual(folders, [`spark-${version}-2`]);
    const making = [first, second].filter(steps => steps.some(({ step }) => step === 'check'));
    assert.equal(making.length, 1, 'one of the two made it, the other waited');
    const fractions = making.flat().map(({ fraction }) => fraction ?? 0);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    );
    assert.equal(fractions.at(-1), 1);
    const zip = join(one.spark.home, 'python', 'lib', 'pyspark.zip');
    const { stdout } = await execa(one.python.path, ['-c', 'import pyspark.daemon as d; print(d.__file__)'], {
      env: { PYTHONPATH: zip },
    });
    assert.equal(stdout, join(zip, 'pyspark', 'daemon.pyc'), "Spark's Python processes find it compiled");
    const [janino = ''] = (await readdir(join(one.spark.home, 'jars'))).filter(name =>
      name.startsWith('janino-'),
    );
    const inside = await execa(one.python.path, [
      '-m',
      'zipfile',
      '-l',
      join(one.spark.home, 'jars', janino),
    ]);
    assert.match(inside.stdout, /org\/codehaus\/janino\/SimpleCompiler\.class/);
    assert.doesNotMatch(
      inside.stdout,
      /META-INF\/\S+\.(SF|DSA|RSA)/,
      'no class is checked against a signature',
    );
  });

  it('leaves nothing behind when it is broken off, pip included', async function () {
    this.timeout(installTimeout);
    const folder = join(scratch, 'broken-off');
    const one = runtimes(folder);
    const downloading = Promise.withResolvers<void>();
    const installing = one.install({ sparkVersion: runtime.spark.version }, ({ step }) => {
      if (step !== 'venv') downloading.resolve();
    });
    const failure = assert.rejects(
      installing,
      error => error instanceof SparkdeckError && /was broken off/.test(error.message),
    );
    await downloading.promise;
    await one.close();
    await failure;
    assert.deepEqual(
      (await readdir(folder)).filter(name => name.startsWith('spark-')),
      [],
    );
    const { stdout } = await execa('ps', ['-eo', 'args']);
    assert.ok(!stdout.includes(join(folder, 'spark-')), 'no pip of this folder goes on');
  });

  it('has its jars without signatures; what is no jar after all stays as it is', async () => {
    const folder = join(scratch, 'jars');
    await mkdir(folder);
    await execa(runtime.python.path, ['-c', makeJars, folder]);
    await writeFile(join(folder, 'broken.jar'), 'no zip');
    const unsign = await execa(runtime.python.path, ['server/runtimes/unsign_jars.py', folder], {
      reject: false,
    });
    assert.equal(unsign.exitCode, 1);
    assert.match(unsign.stdout, /^broken\.jar keeps its signature: /);
    assert.deepEqual((await readdir(folder)).toSorted(), ['broken.jar', 'plain.jar', 'signed.jar']);
    assert.equal(await readFile(join(folder, 'broken.jar'), 'utf8'), 'no zip');
    const inside = await execa(runtime.python.path, ['-c', listJars, folder]);
    assert.deepEqual(inside.stdout.split('\n'), [
      'plain.jar META-INF/MANIFEST.MF META-INF/sub/A.SF a/A.class',
      'signed.jar META-INF/MANIFEST.MF a/A.class',
    ]);
  });

  it('says that the package index is out of reach, and keeps what pip printed', async function () {
    this.timeout(installTimeout);
    const folder = join(scratch, 'no-index');
    // A port of this machine that nobody listens on, in place of the index.
    const env = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_RETRIES: '0', PIP_NO_CACHE_DIR: '1' };
    await assert.rejects(
      runtimes(folder, env).install({ sparkVersion: runtime.spark.version }, () => {}),
      error =>
        error instanceof SparkdeckError &&
        error.code === 'runtime.install' &&
        /could not reach its package index/.test(error.message) &&
        error.message.includes(join(folder, `install-${runtime.spark.version}.log`)),
    );
  });
});
