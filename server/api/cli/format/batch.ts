import { dirname } from 'node:path';
import {
  isTerminal,
  type Batch,
  type BatchHistory,
  type BatchProgress,
  type BatchRequest,
  type JobProgress,
  type StageProgress,
  type TaskCounts,
} from '../../../protocol/batch.ts';
import type { Paint } from '../output.ts';
import { formatApplicationMetrics, formatHints, formatStageMetrics } from './history.ts';
import { formatBatchState, formatState } from './state.ts';
import { formatFields, formatTable } from './table.ts';
import { formatDuration, formatTime } from './time.ts';

/** The batches as a table, in the order given. `now` in milliseconds since 1970. */
export function formatBatches(batches: Batch[], now: number, paint: Paint): string {
  return formatTable(
    [
      { title: 'ID', align: 'right' },
      { title: 'STATE' },
      { title: 'NAME' },
      { title: 'RUNS ON' },
      { title: 'SUBMITTED' },
      { title: 'TOOK', align: 'right' },
      { title: 'REASON' },
    ],
    batches.map(batch => [
      String(batch.id),
      formatBatchState(batch, paint),
      batch.name,
      batch.cluster ?? batch.master ?? '',
      formatTime(submittedAt(batch)),
      formatDuration(ageOf(batch, now)),
      batch.state === 'success' ? '' : firstLine(batch.reason ?? ''),
    ]),
    paint,
  );
}

/** Everything about one batch: fields, times, Spark's jobs and stages, hints. */
export function formatBatch(
  batch: Batch,
  progress: BatchProgress | undefined,
  now: number,
  paint: Paint,
  history?: Pick<BatchHistory, 'metrics' | 'hints'>,
): string {
  const exit = batch.exitCode === undefined ? '' : ` (exit code ${batch.exitCode})`;
  const parts = [
    paint('bold', `Batch ${batch.id}: ${batch.name}`),
    formatFields(
      [
        ['State', `${formatBatchState(batch, paint)}${exit}`],
        ['Reason', batch.reason],
        ['Cluster', batch.cluster],
        ['Master', batch.master],
        ['File', batch.request.file],
        ['Class', batch.request.className],
        ['Arguments', batch.request.args?.map(quoteForReading).join(' ')],
        ['Conf', formatConf(batch.request)],
        ['Application', progress?.appIds?.join(', ') ?? batch.appId],
        ['Spark UI', isTerminal(batch.state) ? undefined : batch.sparkUiUrl],
        ['Work', history && formatApplicationMetrics(history.metrics)],
        ['Rerun of', batch.rerunOf?.toString()],
        ['Folder', batch.folder],
      ],
      paint,
    ),
    formatTransitions(batch, paint),
  ];
  if (progress && progress.jobs.length > 0) {
    parts.push(formatJobs(progress.jobs, dirname(batch.request.file), now, paint));
  }
  if (progress?.unavailable !== undefined) parts.push(paint('yellow', progress.unavailable));
  if (history && history.hints.length > 0) parts.push(formatHints(history, paint));
  if (progress?.waitingForResources) {
    parts.push(paint('yellow', 'It waits for resources: no executor has been given to it yet.'));
  }
  return parts.join('\n\n');
}

/** What is going on in a batch, in one line: "Batch 3  running  12 s  job 2 of 2  tasks 12/40, 4 running". */
export function formatProgressLine(
  batch: Batch,
  progress: BatchProgress | undefined,
  now: number,
  paint: Paint,
): string {
  const parts = [
    `Batch ${batch.id}`,
    formatBatchState(batch, paint),
    formatDuration(Math.floor(ageOf(batch, now) / 1000) * 1000).replace('.0 s', ' s'),
  ];
  if (progress && batch.state === 'running') {
    const active = progress.jobs.findLast(job => job.state === 'running');
    if (active) parts.push(`job ${active.id}: ${formatCounts(active.tasks)}`);
    else if (progress.jobs.length > 0) parts.push(`jobs done: ${progress.jobs.length}`);
    if (progress.waitingForResources) parts.push('waits for resources');
  }
  return parts.join('  ');
}

/** How a batch ended, in one line. */
export function formatEnding(batch: Batch, paint: Paint): string {
  const took = formatDuration(ageOf(batch, submittedAt(batch)));
  const reason = batch.state === 'success' || !batch.reason ? '' : `: ${batch.reason}`;
  return `Batch ${batch.id} ended after ${took}: ${formatState(batch.state, paint)}${reason}`;
}

/** "12/40 tasks, 4 running, 1 failed"; zeros are left out. */
export function formatCounts(tasks: TaskCounts): string {
  const extra = [
    tasks.active > 0 ? `, ${tasks.active} running` : '',
    tasks.failed > 0 ? `, ${tasks.failed} failed` : '',
  ];
  return `${tasks.completed}/${tasks.total} tasks${extra.join('')}`;
}

function formatTransitions(batch: Batch, paint: Paint): string {
  const start = submittedAt(batch);
  return formatTable(
    [{ title: 'STATE' }, { title: 'SINCE' }, { title: 'AFTER', align: 'right' }],
    batch.transitions.map(({ state, at }) => [
      formatState(state, paint),
      formatTime(at),
      at === start ? '' : formatDuration(at - start),
    ]),
    paint,
  );
}

/** Spark names a job or stage by the place in the program; files in `folder`, the program's own, lose it. */
function formatJobs(jobs: JobProgress[], folder: string, now: number, paint: Paint): string {
  const nameOf = ({ name }: { name: string }): string => name.replaceAll(`${folder}/`, '');
  const took = ({ startedAt, endedAt }: JobProgress | StageProgress): string =>
    startedAt === undefined ? '' : formatDuration((endedAt ?? now) - startedAt);
  const stageRow = (stage: StageProgress, job: JobProgress): string[] => [
    `  stage ${stage.id}${stage.attempt > 0 ? `.${stage.attempt}` : ''}`,
    stage.state,
    stage.state === 'skipped' ? '' : formatCounts(stage.tasks),
    took(stage),
    [stage.name === job.name ? '' : nameOf(stage), firstLine(stage.failure ?? '')].filter(Boolean).join(': '),
  ];
  const rows = jobs.flatMap((job, index) => [
    ...(job.appId !== undefined && job.appId !== jobs[index - 1]?.appId ? [[job.appId, '', '', '', '']] : []),
    [`job ${job.id}`, job.state, formatCounts(job.tasks), took(job), nameOf(job)],
    ...job.stages.flatMap(stage => [
      stageRow(stage, job),
      ...(stage.metrics ? [['', '', '', '', paint('dim', formatStageMetrics(stage.metrics))]] : []),
    ]),
  ]);
  return formatTable(
    [
      { title: 'WHAT' },
      { title: 'STATE' },
      { title: 'TASKS' },
      { title: 'TOOK', align: 'right' },
      { title: 'NAME' },
    ],
    rows,
    paint,
  );
}

function formatConf(request: BatchRequest): string {
  return Object.entries(request.conf ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join('  ');
}

function submittedAt(batch: Batch): number {
  return batch.transitions[0]?.at ?? 0;
}

/** How long it has run, or ran, in milliseconds. */
function ageOf(batch: Batch, now: number): number {
  const last = batch.transitions.at(-1);
  return (last && isTerminal(last.state) ? last.at : now) - submittedAt(batch);
}

function quoteForReading(argument: string): string {
  return /^[^\s'"]+$/.test(argument) ? argument : JSON.stringify(argument);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
