import type { SteadyBackend } from './steadyBackend.ts';

/** Kills every batch that has not ended and stops every cluster; returns which. */
export async function stopAll(backend: SteadyBackend): Promise<{ batches: number[]; clusters: string[] }> {
  const { batches } = await backend.request('batch/list', {
    states: ['not_started', 'starting', 'running'],
    limit: 1000,
  });
  await Promise.all(batches.map(({ id }) => backend.request('batch/kill', { id })));

  const { clusters } = await backend.request('cluster/list', {});
  const standing = clusters.filter(({ state }) => state !== 'stopped');
  await Promise.all(
    standing.map(({ spec }) => backend.request('cluster/stop', { name: spec.name, force: true })),
  );
  return { batches: batches.map(({ id }) => id), clusters: standing.map(({ spec }) => spec.name) };
}
