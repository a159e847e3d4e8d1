import type { Batch, BatchState } from '../../../protocol/batch.ts';
import type { ClusterState } from '../../../protocol/cluster.ts';
import type { Paint, Style } from '../output.ts';

const styles: Record<BatchState | ClusterState, Style> = {
  not_started: 'dim',
  starting: 'yellow',
  running: 'cyan',
  success: 'green',
  dead: 'red',
  killed: 'yellow',
  stopping: 'yellow',
  stopped: 'dim',
  failed: 'red',
};

export function formatState(state: BatchState | ClusterState, paint: Paint): string {
  return paint(styles[state], state);
}

/** A batch's state, or its place among those that wait. */
export function formatBatchState({ state, queuePosition }: Batch, paint: Paint): string {
  return queuePosition === undefined ? formatState(state, paint) : paint('dim', `queued ${queuePosition}`);
}
