import assert from 'node:assert/strict';
import { clusterFor, masterFor, type RunningCluster } from '../../../server/batches/placing.ts';
import type { BatchRequest } from '../../../server/protocol/batch.ts';

const named = (name: string, team?: string): RunningCluster => ({
  id: 1,
  spec: { name, provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' },
  ...(team !== undefined && { team }),
  state: 'running',
  masterUrl: `spark://${name}:7077`,
  uiUrl: 'http://h',
  runtime: {
    java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
    spark: { home: '/spark', version: '4.3.0', source: 'SPARK_HOME' },
    python: { path: '/python', version: '3.12.1', source: 'PATH' },
  },
  createdAt: 1,
  revision: 1,
});

interface Place {
  running?: RunningCluster[];
  defaults?: Record<string, string>;
  env?: Record<string, string>;
  team?: string;
}

function placed(
  request: Partial<BatchRequest>,
  { running = [], defaults = {}, env = {}, team }: Place = {},
): string {
  const asked: BatchRequest = { file: '/x.py', ...request };
  const register = {
    list: () => running,
    running: (name: string) => running.find(({ spec }) => spec.name === name) ?? assert.fail(name),
  };
  return masterFor(asked, { cluster: clusterFor(asked, register, team), defaults, env, team });
}

describe('batches/placing', () => {
  const defaults = { 'spark.master': 'local[3]' };
  const env = { MASTER: 'local[4]' };

  it('takes the master of the request, else the only cluster, else what spark-submit would', () => {
    const running = [named('one')];
    const own = { conf: { 'spark.master': 'local[1]' } };
    assert.equal(placed(own, { running, defaults, env }), 'local[1]');
    assert.equal(placed({}, { running, defaults, env }), 'spark://one:7077');
    assert.equal(placed({}, { defaults, env }), 'local[3]');
    assert.equal(placed({}, { env }), 'local[4]');
    assert.equal(placed({ environment: { MASTER: 'local[5]' } }, { env }), 'local[5]');
    assert.equal(placed({}), 'local[*]');
  });

  it('asks which of several clusters is meant', () => {
    const running = [named('one'), named('two')];
    assert.equal(placed({ cluster: 'two' }, { running, defaults }), 'spark://two:7077');
    assert.throws(() => placed({}, { running, defaults }), { code: 'cluster.none', message: /one, two/ });
  });

  it("doesn't give a team this machine unasked, but what the settings name", () => {
    assert.throws(() => placed({}, { team: 'etl' }), { code: 'cluster.none', message: /team "etl"/ });
    assert.throws(() => placed({}, { team: 'etl', running: [named('one', 'other')] }), {
      code: 'cluster.none',
    });
    assert.equal(placed({}, { team: 'etl', running: [named('one')] }), 'spark://one:7077');
    assert.equal(placed({}, { team: 'etl', defaults }), 'local[3]');
  });
});
