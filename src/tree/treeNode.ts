import type { Batch, JobProgress, StageProgress } from '../../server/protocol/batch.ts';
import type { Application, Cluster, Worker } from '../../server/protocol/cluster.ts';

/** A codicon's id, and the id of a theme colour. */
export interface NodeIcon {
  readonly id: string;
  readonly color?: string;
}

/** What a node stands for: what the commands on it act upon. */
export type Subject =
  | { kind: 'cluster'; cluster: Cluster }
  | { kind: 'worker'; worker: Worker }
  | { kind: 'application'; application: Application }
  | { kind: 'batch'; batch: Batch }
  | { kind: 'job'; batch: Batch; job: JobProgress }
  | { kind: 'stage'; batch: Batch; stage: StageProgress }
  | { kind: 'group' }
  | { kind: 'note' };

/** One row of a tree as data; ids stay the same as long as the thing is the same, so that unfolded rows stay unfolded. */
export interface TreeNode {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Markdown */
  readonly tooltip?: string;
  /** The tooltip has more to it, which is read when it is shown. */
  readonly tooltipGoesOn?: boolean;
  readonly icon: NodeIcon;
  /** VS Code's viewItem: the kind and what can be done, "batch:running:ui". */
  readonly context: string;
  readonly subject: Subject;
  /** Absent for a leaf; `later` when they have to be read first. */
  readonly children?: readonly TreeNode[] | 'later';
  /** Unfolded when it first appears. */
  readonly open?: boolean;
  /** A command that a click runs. */
  readonly command?: string;
}

/** What a screen reader says. */
export function spoken(node: TreeNode): string {
  return node.description === undefined ? node.label : `${node.label}, ${node.description}`;
}
