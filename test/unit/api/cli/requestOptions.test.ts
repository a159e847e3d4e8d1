import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  addRequestOptions,
  requestFields,
  rerunChanges,
  type RequestOptions,
} from '../../../../server/api/cli/requestOptions.ts';
import type { BatchRequest } from '../../../../server/protocol/batch.ts';

const absolute = (path: string): string => (path.startsWith('/') ? path : `/here/${path}`);

function parse(...args: string[]): RequestOptions {
  const command = addRequestOptions(new Command());
  command.parse(args, { from: 'user' });
  return command.opts<RequestOptions>();
}

describe('requestFields', () => {
  it('is empty when nothing was asked for', () => {
    assert.deepEqual(requestFields(parse(), absolute), {});
  });

  it("takes every option by spark-submit's name", () => {
    const options = parse(
      ...['--class', 'org.example.Main', '--name', 'a name', '--cluster', 'demo'],
      ...['--conf', 'spark.a=1', '--conf', 'spark.b=x=y'],
      ...[
        '--jars',
        'a.jar,/b.jar',
        '--py-files',
        'lib.zip',
        '--files',
        'f.txt',
        '--archives',
        'env.tar.gz#env',
      ],
      ...['--driver-memory', '1g', '--driver-cores', '1', '--executor-memory', '2g'],
      ...['--executor-cores', '2', '--num-executors', '3'],
      ...[
        '--env',
        'KEY=a value',
        '--working-folder',
        'work',
        '--spark-version',
        '4.3.0',
        '--python',
        'python3.12',
      ],
    );
    assert.deepEqual(requestFields(options, absolute), {
      className: 'org.example.Main',
      name: 'a name',
      cluster: 'demo',
      conf: { 'spark.a': '1', 'spark.b': 'x=y' },
      jars: ['/here/a.jar', '/b.jar'],
      pyFiles: ['/here/lib.zip'],
      files: ['/here/f.txt'],
      archives: ['/here/env.tar.gz#env'],
      driverMemory: '1g',
      driverCores: 1,
      executorMemory: '2g',
      executorCores: 2,
      numExecutors: 3,
      environment: { KEY: 'a value' },
      workingFolder: '/here/work',
      runtime: { sparkVersion: '4.3.0', python: 'python3.12' },
    });
  });

  it('puts --master into the configuration, over a --conf of the same key', () => {
    const options = parse('--master', 'local[2]', '--conf', 'spark.master=yarn', '--conf', 'spark.a=1');
    assert.deepEqual(requestFields(options, absolute), {
      conf: { 'spark.master': 'local[2]', 'spark.a': '1' },
    });
  });
});

describe("spark-submit's other options", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-options-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('become the settings that they stand for, over a --conf of the same', () => {
    const options = parse(
      ...['--packages', 'g:a:1,g:b:2', '--exclude-packages=g:c', '--repositories', 'file:/r'],
      ...['--driver-java-options', '-Da=b -Dc=d', '--driver-library-path', '/l', '--driver-class-path', '/c'],
      ...['--total-executor-cores', '3', '--queue', 'q', '--principal', 'p', '--keytab', 'k'],
      ...['-c', 'spark.jars.packages=other', '--deploy-mode', 'client'],
    );
    assert.deepEqual(requestFields(options, absolute), {
      conf: {
        'spark.jars.packages': 'g:a:1,g:b:2',
        'spark.jars.excludes': 'g:c',
        'spark.jars.repositories': 'file:/r',
        'spark.driver.extraJavaOptions': '-Da=b -Dc=d',
        'spark.driver.extraLibraryPath': '/l',
        'spark.driver.extraClassPath': '/c',
        'spark.cores.max': '3',
        'spark.yarn.queue': 'q',
        'spark.kerberos.principal': 'p',
        'spark.kerberos.keytab': '/here/k',
      },
    });
  });

  it('take settings from a file in place of spark-defaults.conf, or beside it', () => {
    const file = join(folder, 'my.conf');
    writeFileSync(file, '# mine\nspark.a: 1 \nspark.b 2\nother 3\nspark.master=local[1]\n');
    const options = ['--properties-file', file, '--conf', 'spark.b=9'];
    const conf = { 'spark.a': '1', 'spark.b': '9', 'spark.master': 'local[1]' };
    assert.deepEqual(requestFields(parse(...options), absolute), { conf, loadSparkDefaults: false });
    assert.deepEqual(requestFields(parse(...options, '--load-spark-defaults'), absolute), {
      conf,
      loadSparkDefaults: true,
    });
    assert.throws(() => requestFields(parse('--properties-file', folder), absolute), {
      code: 'file.missing',
    });
  });

  for (const [option, advice] of [
    [['--remote', 'sc://h'], /SparkSession\.builder\.remote/],
    [['--proxy-user', 'u'], /Submit as that user/],
    [['--supervise'], /sparkdeck rerun/],
    [['--kill', 'driver-1'], /sparkdeck kill ID/],
    [['--status', 'driver-1'], /sparkdeck show ID/],
    [['--version'], /sparkdeck doctor/],
    [['--deploy-mode', 'cluster'], /Leave --deploy-mode out/],
  ] as const) {
    it(`answer ${option[0]} with what to write instead`, () => {
      const command = addRequestOptions(new Command())
        .exitOverride()
        .configureOutput({ outputError: () => undefined });
      assert.throws(() => command.parse([...option], { from: 'user' }), advice);
    });
  }
});

describe('rerunChanges', () => {
  const earlier: BatchRequest = {
    file: '/a.py',
    args: ['old'],
    cluster: 'demo',
    conf: { 'spark.a': '1', 'spark.b': '2' },
    environment: { A: '1' },
  };

  it('changes nothing by itself', () => {
    assert.deepEqual(rerunChanges(earlier, parse(), [], absolute), {});
  });

  it('replaces arguments and adds to properties and variables', () => {
    const options = parse('--conf', 'spark.b=3', '--env', 'B=2', '--executor-memory', '1g');
    assert.deepEqual(rerunChanges(earlier, options, ['new'], absolute), {
      args: ['new'],
      conf: { 'spark.a': '1', 'spark.b': '3' },
      environment: { A: '1', B: '2' },
      executorMemory: '1g',
    });
  });

  it('takes the cluster out when a master is given', () => {
    assert.deepEqual(rerunChanges(earlier, parse('--master', 'local[1]'), [], absolute), {
      cluster: null,
      conf: { 'spark.a': '1', 'spark.b': '2', 'spark.master': 'local[1]' },
    });
  });

  it('takes the master out when a cluster is given', () => {
    const onMaster: BatchRequest = { file: '/a.py', conf: { 'spark.master': 'local[1]', 'spark.a': '1' } };
    assert.deepEqual(rerunChanges(onMaster, parse('--cluster', 'other'), [], absolute), {
      cluster: 'other',
      conf: { 'spark.a': '1' },
    });
  });
});
