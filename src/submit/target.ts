import type { Cluster } from '../../server/protocol/cluster.ts';

/** Where a batch runs. */
export type Target = { kind: 'cluster'; name: string } | { kind: 'local' };

export const localMaster = 'local[*]';

/** The target that needs no asking: the last one if it is there, else the only running cluster. */
export function obviousTarget(clusters: readonly Cluster[], last: Target | undefined): Target | undefined {
  const running = clusters.filter(({ state }) => state === 'running').map(({ spec }) => spec.name);
  if (last?.kind === 'cluster' && running.includes(last.name)) return last;
  if (last?.kind === 'local' && running.length === 0) return last;
  const [only, other] = running;
  return only !== undefined && other === undefined ? { kind: 'cluster', name: only } : undefined;
}
