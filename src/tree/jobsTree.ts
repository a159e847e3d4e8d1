import * as l10n from '@vscode/l10n';
import type { Batch, BatchProgress, JobProgress, StageProgress } from '../../server/protocol/batch.ts';
import type { Hint } from '../../server/protocol/metrics.ts';
import { isTerminal } from '../../server/protocol/states.ts';
import { batchIcon, jobIcon, stageIcon } from './icons.ts';
import { batchDescription, callSite, jobDescription, joined, stageDescription } from './descriptions.ts';
import { batchTooltip, hintTooltip, stageTooltip } from './tooltips.ts';
import type { TreeNode } from './treeNode.ts';

export interface JobsTreeInput {
  batches: readonly Batch[];
  progress: ReadonlyMap<number, BatchProgress>;
  /** Of those whose history has been read. */
  hints: ReadonlyMap<number, readonly Hint[]>;
  /** How many there are, also those not read. */
  total: number;
  now: number;
}

/** Batches with their Spark jobs and stages: running ones first, then the queue in its order, then the newest first. */
export function jobsTree({ batches, progress, hints, total, now }: JobsTreeInput): readonly TreeNode[] {
  const order = (batch: Batch): number =>
    isTerminal(batch.state) ? Infinity : batch.killRequestedAt === undefined ? (batch.queuePosition ?? 0) : 0;
  const nodes = batches
    .toSorted((a, b) => compare(order(a), order(b)) || b.id - a.id)
    .map(batch => batchNode(batch, progress.get(batch.id), hints.get(batch.id) ?? [], now));
  const hidden = total - batches.length;
  return hidden > 0 ? [...nodes, olderNode(hidden)] : nodes;
}

/** Not a difference: that of two infinities is no number. */
const compare = <T extends number | string>(some: T, other: T): number =>
  some < other ? -1 : some > other ? 1 : 0;

export const batchNodeId = (id: number): string => `batch/${id}`;

function batchNode(
  batch: Batch,
  progress: BatchProgress | undefined,
  hints: readonly Hint[],
  now: number,
): TreeNode {
  const children = batchChildren(batch, progress, hints);
  return {
    id: batchNodeId(batch.id),
    label: batch.name,
    description: batchDescription(batch, progress, now),
    tooltip: batchTooltip(batch, progress, now),
    tooltipGoesOn: batch.state !== 'not_started',
    icon: batchIcon(batch),
    context: batchContext(batch),
    subject: { kind: 'batch', batch },
    ...(children && { children }),
  };
}

/** "batch:STATE" and, each after a colon: `killing`, `ui` (a Spark UI to open), `app` (an application id), `behind` (others). */
function batchContext(batch: Batch): string {
  const marks = [
    !isTerminal(batch.state) && batch.killRequestedAt !== undefined && 'killing',
    batch.sparkUiUrl !== undefined && !isTerminal(batch.state) && 'ui',
    batch.appId !== undefined && 'app',
    (batch.queuePosition ?? 1) > 1 && 'behind',
  ];
  return ['batch', batch.state, ...marks.filter(mark => mark !== false)].join(':');
}

function batchChildren(
  batch: Batch,
  progress: BatchProgress | undefined,
  hints: readonly Hint[],
): TreeNode['children'] | undefined {
  const isKnown = (batch.appId ?? progress?.appId ?? progress?.unavailable) !== undefined;
  if (!isKnown && batch.state !== 'running') return undefined;
  if (!progress) return 'later';
  if (progress.jobs.length > 0) {
    const jobs = progress.jobs
      .toSorted((a, b) => compare(b.appId ?? '', a.appId ?? '') || b.id - a.id)
      .map(job => jobNode(batch, job));
    return [...hints.map(hint => hintNode(batch, hint)), ...jobs];
  }
  return [
    {
      id: `${batchNodeId(batch.id)}/none`,
      label: noJobs(batch, progress),
      icon: { id: 'info' },
      context: 'note',
      subject: { kind: 'note' },
    },
  ];
}

function noJobs(batch: Batch, { unavailable }: BatchProgress): string {
  if (unavailable !== undefined) return unavailable;
  return isTerminal(batch.state) ? l10n.t('It ran no Spark jobs') : l10n.t('No Spark jobs yet');
}

/** There is one of a kind for a stage at most. */
function hintNode(batch: Batch, hint: Hint): TreeNode {
  return {
    id: `${batchNodeId(batch.id)}/hint/${hint.kind}/${hint.stageId ?? ''}`,
    label: hint.title,
    tooltip: hintTooltip(hint),
    icon: { id: 'lightbulb', color: 'charts.yellow' },
    context: 'hint',
    subject: { kind: 'note' },
  };
}

function jobNode(batch: Batch, job: JobProgress): TreeNode {
  const id = `${batchNodeId(batch.id)}/job/${job.appId === undefined ? '' : `${job.appId}/`}${job.id}`;
  return {
    id,
    label: l10n.t('Job {0}: {1}', job.id, callSite(job.name)),
    description: joined(jobDescription(job), job.appId),
    icon: jobIcon(job),
    context: `job:${job.state}`,
    subject: { kind: 'job', batch, job },
    children: job.stages
      .toSorted((a, b) => a.id - b.id || a.attempt - b.attempt)
      .map(stage => stageNode(batch, id, stage)),
    ...(job.state === 'running' && { open: true }),
  };
}

function stageNode(batch: Batch, jobId: string, stage: StageProgress): TreeNode {
  const tooltip = stageTooltip(stage);
  return {
    id: `${jobId}/stage/${stage.id}.${stage.attempt}`,
    label:
      stage.attempt === 0
        ? l10n.t('Stage {0}: {1}', stage.id, callSite(stage.name))
        : l10n.t('Stage {0}, attempt {1}: {2}', stage.id, stage.attempt + 1, callSite(stage.name)),
    description: stageDescription(stage),
    ...(tooltip !== undefined && { tooltip }),
    icon: stageIcon(stage),
    context: `stage:${stage.state}`,
    subject: { kind: 'stage', batch, stage },
  };
}

function olderNode(hidden: number): TreeNode {
  return {
    id: 'older',
    label: l10n.t('Show older jobs'),
    description: l10n.t('{0} more', hidden),
    icon: { id: 'ellipsis' },
    context: 'older',
    subject: { kind: 'note' },
    command: 'sparkdeck.showOlderJobs',
  };
}
