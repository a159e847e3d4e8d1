import assert from 'node:assert/strict';
import type { Application, ClusterDetail } from '../../../server/protocol/cluster.ts';
import { clustersTree } from '../../../src/tree/clustersTree.ts';
import { cluster, noon } from './samples.ts';
import { treeText } from './treeText.ts';

const application = (given: Partial<Application>): Application => ({
  id: 'app-1',
  name: 'Word count',
  user: 'ada',
  cores: 2,
  memoryPerExecutor: 1024,
  state: 'RUNNING',
  startedAt: noon,
  duration: 12_000,
  ...given,
});

const detail: ClusterDetail = {
  masterState: 'ALIVE',
  workers: [
    {
      id: 'w-a',
      host: '127.0.0.1',
      port: 1,
      uiUrl: 'http://127.0.0.1:2',
      cores: 2,
      coresUsed: 2,
      memory: 1024,
      memoryUsed: 1024,
      state: 'ALIVE',
    },
    {
      id: 'w-b',
      host: '127.0.0.1',
      port: 3,
      uiUrl: 'http://127.0.0.1:4',
      cores: 2,
      coresUsed: 0,
      memory: 1536,
      memoryUsed: 0,
      state: 'DEAD',
    },
  ],
  active: [
    application({ batchId: 4 }),
    application({ id: 'app-2', name: 'next', state: 'WAITING', startedAt: noon + 1, cores: 0 }),
  ],
  completed: [application({ id: 'app-0', name: 'old', state: 'FINISHED', startedAt: noon - 1 })],
};

describe('the tree of clusters', () => {
  it('shows those that are up first, with workers and applications', () => {
    const nodes = clustersTree({
      clusters: [
        cluster('zoo', 'running'),
        cluster('beta', 'stopped'),
        cluster('alpha', 'failed', { reason: 'The port 7077 is taken.' }),
        cluster('young', 'starting'),
        cluster('unread', 'running'),
      ],
      details: new Map([['zoo', detail]]),
      now: noon,
    });
    assert.equal(
      treeText(nodes),
      [
        '(server-environment) unread — running · 2 workers, 4 cores, 2 GB',
        '  …',
        '(loading~spin) young — starting · 2 workers, 4 cores, 2 GB',
        '(server-environment) zoo — running · 2 workers, 4 cores, 2 GB',
        '  (server) Workers — 1 alive · 2/2 cores used',
        '    (vm-running) Worker 1 — 2/2 cores used · 1 GB of 1 GB used',
        '    (vm-outline) Worker 2 — dead · 0/2 cores used · 0 MB of 1.5 GB used',
        '  (layers) Applications — 1 running · 1 waiting · 1 completed',
        '    (clock) next — waiting · 0 cores',
        '    (sync~spin) Word count — running · 2 cores',
        '    (check) old — finished · 12 s',
        '(error) alpha — failed · The port 7077 is taken.',
        '(server-environment) beta — stopped · 2 workers, 4 cores, 2 GB',
      ].join('\n'),
    );
  });

  it('tells which application is one of our jobs', () => {
    const [node] = clustersTree({
      clusters: [cluster('zoo', 'running')],
      details: new Map([['zoo', detail]]),
      now: noon,
    });
    const children = typeof node?.children === 'object' ? node.children : [];
    const applications = children[1]?.children;
    assert(typeof applications === 'object');
    assert.deepEqual(
      applications.map(({ context }) => context),
      ['application', 'application:batch', 'application'],
    );
  });
});
