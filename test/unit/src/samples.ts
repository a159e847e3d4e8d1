import type { Batch, BatchProgress, TaskCounts } from '../../../server/protocol/batch.ts';
import type { Cluster } from '../../../server/protocol/cluster.ts';

/** Noon, so that no time zone makes another day of the minutes around it. */
export const noon = new Date(2026, 4, 1, 12, 0, 0).getTime();

export function batch(given: Partial<Batch> & Pick<Batch, 'id' | 'state'>): Batch {
  return {
    name: 'word_count',
    request: { file: '/home/user/word_count.py' },
    cluster: 'local',
    transitions: [{ state: 'not_started', at: noon }],
    folder: `/data/batches/${given.id}`,
    revision: 1,
    ...given,
  };
}

export function cluster(name: string, state: Cluster['state'], rest: Partial<Cluster> = {}): Cluster {
  return {
    id: 1,
    spec: { name, provider: 'local', workers: 2, workerCores: 2, workerMemory: '1g' },
    state,
    createdAt: noon,
    revision: 1,
    ...rest,
  };
}

export function tasks(completed: number, total: number, failed = 0): TaskCounts {
  return { total, active: 0, completed, failed };
}

export function progress(id: number, rest: Partial<BatchProgress> = {}): BatchProgress {
  return { id, executors: 1, waitingForResources: false, tasks: tasks(0, 0), jobs: [], ...rest };
}
