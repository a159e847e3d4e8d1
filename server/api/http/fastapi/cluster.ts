import { Type } from 'typebox';
import type { ClusterDetail } from '../../../protocol/cluster.ts';
import type { App } from '../app.ts';
import type { DialectContext } from '../dialect.ts';
import { readEnvironmentFile } from './environmentFile.ts';
import { askPlace } from './place.ts';
import { FastapiClusterStatus, FastapiWorker } from './schemas.ts';

/** What the master says of itself. */
export function cluster(app: App, { dataFolder, env }: DialectContext): void {
  app.get(
    '/api/v1/cluster/status',
    { schema: { summary: 'The state of the cluster', response: { 200: FastapiClusterStatus } } },
    async request => toStatus(await askPlace(request.rooms, readEnvironmentFile(dataFolder, env))),
  );

  app.get(
    '/api/v1/cluster/workers',
    { schema: { summary: 'Its workers', response: { 200: Type.Array(FastapiWorker) } } },
    async request => {
      const { workers } = await askPlace(request.rooms, readEnvironmentFile(dataFolder, env));
      return workers.map(({ id, host, port, cores, memory, state }) => ({
        ...{ id, host, port, cores, memory, state },
      }));
    },
  );
}

/** The sums are of what is alive, as on the master's own page. */
function toStatus({ masterState, workers, active }: ClusterDetail): FastapiClusterStatus {
  const alive = workers.filter(({ state }) => state === 'ALIVE');
  const sum = (of: (worker: ClusterDetail['workers'][number]) => number): number =>
    alive.reduce((total, worker) => total + of(worker), 0);
  return {
    status: masterState,
    total_cores: sum(({ cores }) => cores),
    used_cores: sum(({ coresUsed }) => coresUsed),
    total_memory: sum(({ memory }) => memory),
    used_memory: sum(({ memoryUsed }) => memoryUsed),
    worker_count: alive.length,
    active_app_count: active.length,
  };
}
