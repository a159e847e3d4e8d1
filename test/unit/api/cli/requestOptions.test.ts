import assert from 'node:assert/strict';
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
