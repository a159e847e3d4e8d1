import assert from 'node:assert/strict';
import { demandOf } from '../../../server/batches/demand.ts';
import { planSubmit } from '../../../server/batches/submitPlan.ts';
import type { BatchRequest } from '../../../server/protocol/batch.ts';
import type { ClusterSpec } from '../../../server/protocol/cluster.ts';

const cluster: ClusterSpec = { name: 'c', provider: 'local', workers: 3, workerCores: 4, workerMemory: '8g' };
const gib = 2 ** 30;
const place = { machineCores: 16, defaults: {}, env: {} };
const planOf = (request: BatchRequest): ReturnType<typeof planSubmit> =>
  planSubmit({
    request,
    master: 'spark://h:1',
    runtime: {
      java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
      spark: { home: '/spark', version: '4.3.0', source: 'SPARK_HOME' },
      python: { path: '/python', version: '3.12.1', source: 'PATH' },
    },
    uiPort: 4567,
    folder: '/data/batches/1',
    workingFolder: '/w',
    baseEnv: {},
    sparkDefaults: {},
    executorOptions: [],
    authentication: {},
  });

describe('batches/demand', () => {
  const cases: [
    what: string,
    request: Partial<BatchRequest>,
    master: string,
    cores: number,
    memory: number,
  ][] = [
    ['a driver alone', {}, 'local', 1, gib],
    ['a driver with slots', { driverMemory: '2g' }, 'local[3]', 3, 2 * gib],
    ['all of the machine', {}, 'local[*]', 16, gib],
    ['slots and retries', {}, 'local[2,4]', 2, gib],
    ['all of a cluster, an executor a worker', {}, 'spark://h:1', 13, 4 * gib],
    [
      'all of a cluster, small executors',
      { executorCores: 2, executorMemory: '512m' },
      'spark://h:1',
      13,
      4 * gib,
    ],
    ['a bound', { conf: { 'spark.cores.max': '2' } }, 'spark://h:1', 3, 3 * gib],
    ['a bound that is out of reach', { conf: { 'spark.cores.max': '99' } }, 'spark://h:1', 13, 4 * gib],
    ['so many executors', { numExecutors: 2, executorMemory: '3g' }, 'spark://h:1', 3, 7 * gib],
    ['so many, so large', { numExecutors: 2, executorCores: 3, driverCores: 2 }, 'spark://h:1', 8, 3 * gib],
    [
      'settings alone',
      {
        conf: {
          'spark.executor.instances': '2',
          'spark.executor.cores': '2',
          'spark.executor.memory': '2g',
          'spark.driver.memory': '1024',
        },
      },
      'spark://h:1',
      5,
      5 * gib,
    ],
    [
      'settings that go before the number of executors',
      { numExecutors: 1, conf: { 'spark.cores.max': '64' } },
      'spark://h:1',
      13,
      13 * gib,
    ],
    [
      'fewer than there is room for',
      { conf: { 'spark.executor.instances': '1' } },
      'spark://h:1',
      2,
      2 * gib,
    ],
    [
      'options that go before settings',
      {
        executorCores: 1,
        executorMemory: '1g',
        conf: { 'spark.executor.cores': '4', 'spark.executor.memory': '8g', 'spark.cores.max': '4' },
      },
      'spark://h:1',
      5,
      5 * gib,
    ],
    [
      'executors of a size by settings',
      { numExecutors: 2, conf: { 'spark.executor.cores': '2' } },
      'spark://h:1',
      5,
      3 * gib,
    ],
    [
      'a number of executors that is only where it begins',
      { conf: { 'spark.executor.instances': '1', 'spark.dynamicAllocation.enabled': 'true' } },
      'spark://h:1',
      13,
      4 * gib,
    ],
    ['numbers as Java reads them', { conf: { 'spark.cores.max': ' +04' } }, 'spark://h:1', 5, 4 * gib],
    [
      'bytes',
      { driverMemory: '1024m', conf: { 'spark.cores.max': '1', 'spark.executor.memory': '1073741824b' } },
      'spark://h:1',
      2,
      2 * gib,
    ],
    [
      'the environment',
      { environment: { SPARK_EXECUTOR_MEMORY: '3g', SPARK_EXECUTOR_CORES: '4' } },
      'spark://h:1',
      13,
      10 * gib,
    ],
    ['a cluster in the driver', {}, 'local-cluster[4,8,4096]', 33, 17 * gib],
    [
      'a cluster in the driver, bounded',
      { conf: { 'spark.cores.max': '2' } },
      'local-cluster[ 2, 4 ,1024]',
      3,
      3 * gib,
    ],
    ['all of the machine and retries', {}, 'local[*, 4]', 16, gib],
    [
      'nonsense in settings',
      { conf: { 'spark.cores.max': 'x', 'spark.executor.memory': 'x' } },
      'spark://h:1',
      13,
      4 * gib,
    ],
  ];
  for (const [what, request, master, cores, memory] of cases) {
    it(`knows ${what}`, () => {
      const demand = demandOf({ file: '/x.py', ...request }, { ...place, master, cluster });
      assert.deepEqual(demand, { cores, memory });
    });
  }

  it('knows what spark-defaults.conf says', () => {
    const at = { ...place, master: 'spark://h:1', cluster };
    const defaults = { 'spark.cores.max': '8', 'spark.executor.memory': '2g', 'spark.executor.cores': '4' };
    assert.deepEqual(demandOf({ file: '/x.py' }, { ...at, defaults }), { cores: 9, memory: 5 * gib });
    const conf = { 'spark.cores.max': '4' };
    assert.deepEqual(demandOf({ file: '/x.py', conf }, { ...at, defaults }), { cores: 5, memory: 3 * gib });
    const env = { SPARK_DRIVER_MEMORY: '4g' };
    assert.deepEqual(demandOf({ file: '/x.py', conf }, { ...at, env }), { cores: 5, memory: 7 * gib });
  });

  it('is what the launch is planned with', () => {
    const of = (request: Partial<BatchRequest>): unknown => {
      const { conf } = planOf({ file: '/x.py', ...request });
      return [conf['spark.cores.max'], conf['spark.executor.cores']];
    };
    assert.deepEqual(of({ conf: { 'spark.executor.instances': '3' } }), ['3', '1']);
    assert.deepEqual(of({ numExecutors: 2, conf: { 'spark.executor.cores': '2' } }), ['4', '2']);
    assert.deepEqual(of({ numExecutors: 1, conf: { 'spark.cores.max': '64' } }), ['64', '1']);
    const dynamic = { 'spark.executor.instances': '3', 'spark.dynamicAllocation.enabled': 'true' };
    assert.deepEqual(of({ conf: dynamic }), [undefined, undefined]);
  });

  it('knows what a master that is not ours is told', () => {
    const at = { ...place, master: 'spark://elsewhere:7077', cluster: undefined };
    const conf = { 'spark.cores.max': '64' };
    assert.deepEqual(demandOf({ file: '/x.py', conf }, at), { cores: 65, memory: 2 * gib });
    const dynamic = {
      'spark.dynamicAllocation.enabled': 'true',
      'spark.dynamicAllocation.maxExecutors': '9',
    };
    assert.equal(demandOf({ file: '/x.py', conf: dynamic }, { ...at, master: 'yarn' }).cores, 10);
  });

  it('guesses little of a master that is not ours', () => {
    const at = { ...place, master: 'yarn', cluster: undefined };
    assert.deepEqual(demandOf({ file: '/x.py' }, at), { cores: 2, memory: 2 * gib });
    assert.deepEqual(demandOf({ file: '/x.py', numExecutors: 4, executorCores: 2 }, at), {
      cores: 9,
      memory: 5 * gib,
    });
  });
});
