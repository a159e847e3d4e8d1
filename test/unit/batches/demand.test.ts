import assert from 'node:assert/strict';
import { demandOf } from '../../../server/batches/demand.ts';
import type { BatchRequest } from '../../../server/protocol/batch.ts';
import type { ClusterSpec } from '../../../server/protocol/cluster.ts';

const cluster: ClusterSpec = { name: 'c', provider: 'local', workers: 3, workerCores: 4, workerMemory: '8g' };
const gib = 2 ** 30;

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
      'nonsense in settings',
      { conf: { 'spark.cores.max': 'x', 'spark.executor.memory': 'x' } },
      'spark://h:1',
      13,
      4 * gib,
    ],
  ];
  for (const [what, request, master, cores, memory] of cases) {
    it(`knows ${what}`, () => {
      const demand = demandOf({ file: '/x.py', ...request }, { master, cluster, machineCores: 16 });
      assert.deepEqual(demand, { cores, memory });
    });
  }

  it('guesses little of a master that is not ours', () => {
    const place = { master: 'yarn', cluster: undefined, machineCores: 16 };
    assert.deepEqual(demandOf({ file: '/x.py' }, place), { cores: 2, memory: 2 * gib });
    assert.deepEqual(demandOf({ file: '/x.py', numExecutors: 4, executorCores: 2 }, place), {
      cores: 9,
      memory: 5 * gib,
    });
  });
});
