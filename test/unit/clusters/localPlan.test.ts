import assert from 'node:assert/strict';
import { checkFits, planLocal } from '../../../server/clusters/localPlan.ts';
import { bytesOf, formatBytes, plainSize } from '../../../server/clusters/memory.ts';
import type { ClusterSpec } from '../../../server/protocol/cluster.ts';
import type { Runtime } from '../../../server/protocol/runtime.ts';

const spec: ClusterSpec = { name: 'c', provider: 'local', workers: 2, workerCores: 3, workerMemory: '2g' };
const runtime: Runtime = {
  java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
  spark: { home: '/spark', version: '4.3.0', source: 'SPARK_HOME' },
  python: { path: '/python', version: '3.12.1', source: 'PATH' },
};

describe('clusters/localPlan', () => {
  it('puts a master and its workers on the loopback address', () => {
    const plan = planLocal(spec, runtime, { master: 7001, masterUi: 8001 }, '/data/1', {
      env: { PATH: '/bin' },
      jvmOptions: [],
      authentication: { 'spark.authenticate': 'true', 'spark.authenticate.secret': 'hidden' },
    });
    assert.equal(plan.masterUrl, 'spark://127.0.0.1:7001');
    assert.equal(plan.uiUrl, 'http://127.0.0.1:8001');
    assert.deepEqual(
      [plan.master, ...plan.workers].map(each => [each.role, each.folder]),
      [
        ['master', '/data/1/master'],
        ['worker-1', '/data/1/worker-1'],
        ['worker-2', '/data/1/worker-2'],
      ],
    );
    for (const { command, properties } of [plan.master, ...plan.workers]) {
      assert.equal(command.program, '/spark/bin/spark-class');
      assert.equal(command.env['SPARK_LOCAL_IP'], '127.0.0.1');
      assert.equal(command.env['JAVA_HOME'], '/java');
      assert.equal(command.env['PATH'], '/bin');
      assert.equal(command.args[command.args.indexOf('--host') + 1], '127.0.0.1');
      assert.doesNotMatch(JSON.stringify(command), /hidden/);
      assert.match(properties, /^spark\.authenticate\.secret=hidden$/m);
      assert.match(properties, /^spark\.ui\.killEnabled=false$/m);
    }
    const worker = plan.workers[1]?.command.args ?? [];
    assert.deepEqual(worker.slice(worker.indexOf('--cores')), [
      ...['--cores', '3', '--memory', '2g', '--work-dir', '/data/1/worker-2/work', 'spark://127.0.0.1:7001'],
    ]);
  });

  it('says what would fit when memory is short', () => {
    const machine = { cores: 2, memory: 4 * 2 ** 30 };
    checkFits(spec, machine);
    const refused = (more: Partial<ClusterSpec>): string => {
      try {
        checkFits({ ...spec, ...more }, machine);
        return '';
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    assert.match(refused({ workerMemory: '3g' }), /2 × 3g .* 4 GiB.* Try 1g a worker/);
    assert.match(refused({ workers: 9, workerMemory: '1g' }), /fewer workers/);
    assert.match(refused({ workerMemory: '256m' }), /at least 512m/);
    assert.equal(refused({ workerCores: 16 }), '');
  });

  it('reads memory as Spark does', () => {
    assert.deepEqual(['1k', '512m', '2g', '2G', '1t'].map(bytesOf), [
      2 ** 10,
      2 ** 29,
      2 ** 31,
      2 ** 31,
      2 ** 40,
    ]);
    assert.deepEqual(
      ['1GB', '1gib', '1024', '1024M', '1048576k'].map(bytesOf),
      Array.from({ length: 5 }, () => 2 ** 30),
    );
    assert.deepEqual(['1GB', '2p', '1024', '2G', '5b', '1536k', 'x'].map(plainSize), [
      '1g',
      '2048t',
      '1g',
      '2G',
      '0k',
      '1536k',
      'x',
    ]);
    for (const bad of ['', 'g', '2x', '512 MB', '1.5g', '+5m', 'two g'])
      assert.throws(() => bytesOf(bad), RangeError);
    assert.deepEqual([1.5 * 2 ** 30, 300 * 2 ** 20].map(formatBytes), ['1.5 GiB', '300 MiB']);
  });
});
