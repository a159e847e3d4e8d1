import * as l10n from '@vscode/l10n';
import type { Batch, BatchProgress, StageProgress } from '../../server/protocol/batch.ts';
import { isTerminal } from '../../server/protocol/states.ts';
import type { Application, Cluster, Worker } from '../../server/protocol/cluster.ts';
import type { Distribution, Hint } from '../../server/protocol/metrics.ts';
import { formatBytes } from '../format/bytes.ts';
import { formatDuration, formatTime } from '../format/duration.ts';
import { codeBlock, escapeMarkdown } from '../format/markdown.ts';
import { formatMemory } from '../format/memory.ts';
import { clusterStateName, coreCount, duration, taskText } from './descriptions.ts';

/** What is known of a batch, as Markdown. */
export function batchTooltip(batch: Batch, progress: BatchProgress | undefined, now: number): string {
  const { request } = batch;
  // From the submit to the end; the steps in between are the timing's.
  const times = batch.transitions
    .filter(({ state }, index) => index === 0 || isTerminal(state))
    .map(({ at }) => formatTime(at, now));
  return page(
    l10n.t('{0} (job {1})', batch.name, batch.id),
    [
      [l10n.t('File'), request.file],
      [l10n.t('Main class'), request.className],
      [l10n.t('Arguments'), request.args?.map(arg => JSON.stringify(arg)).join(' ')],
      [l10n.t('Cluster'), batch.cluster ?? batch.master],
      [l10n.t('Application'), progress?.appIds?.join(', ') ?? batch.appId],
      [l10n.t('Executors'), progress && progress.executors > 0 ? String(progress.executors) : undefined],
      [l10n.t('Tasks'), taskText(progress?.tasks)],
      [l10n.t('Time'), times.join(' – ')],
      [l10n.t('Took'), duration(batch)],
      [l10n.t('Exit code'), batch.exitCode?.toString()],
      [l10n.t('Again from'), batch.rerunOf === undefined ? undefined : l10n.t('job {0}', batch.rerunOf)],
    ],
    batch.state === 'success' ? progress?.unavailable : (batch.reason ?? progress?.unavailable),
  );
}

export function clusterTooltip(cluster: Cluster, now: number): string {
  const { spec, runtime } = cluster;
  return page(
    spec.name,
    [
      [l10n.t('State'), clusterStateName(cluster.state)],
      [l10n.t('Master'), cluster.masterUrl],
      [l10n.t('Web page'), cluster.uiUrl],
      [
        l10n.t('Workers'),
        l10n.t('{0} with {1} and {2} each', spec.workers, coreCount(spec.workerCores), spec.workerMemory),
      ],
      [l10n.t('Spark'), runtime && `${runtime.spark.version} (${runtime.spark.home})`],
      [l10n.t('Java'), runtime && `${runtime.java.fullVersion} (${runtime.java.home})`],
      [l10n.t('Python'), runtime && `${runtime.python.version} (${runtime.python.path})`],
      [l10n.t('Created'), formatTime(cluster.createdAt, now)],
      [l10n.t('Notice'), cluster.notice],
    ],
    cluster.reason,
  );
}

export function workerTooltip(worker: Worker): string {
  return page(
    worker.id,
    [
      [l10n.t('State'), worker.state],
      [l10n.t('Address'), `${worker.host}:${worker.port}`],
      [l10n.t('Cores'), l10n.t('{0} of {1} used', worker.coresUsed, worker.cores)],
      [
        l10n.t('Memory'),
        l10n.t('{0} of {1} used', formatMemory(worker.memoryUsed), formatMemory(worker.memory)),
      ],
    ],
    undefined,
  );
}

export function applicationTooltip(application: Application, now: number): string {
  return page(
    application.name,
    [
      [l10n.t('Application'), application.id],
      [l10n.t('State'), application.state],
      [l10n.t('User'), application.user],
      [l10n.t('Cores'), String(application.cores)],
      [l10n.t('Memory per executor'), formatMemory(application.memoryPerExecutor)],
      [l10n.t('Started'), formatTime(application.startedAt, now)],
      [l10n.t('Lasted'), formatDuration(application.duration)],
      [l10n.t('Job'), application.batchId?.toString()],
    ],
    undefined,
  );
}

/** What a stage's tasks did, and why it failed; nothing when neither is known. */
export function stageTooltip(stage: StageProgress): string | undefined {
  const { metrics, failure } = stage;
  if (!metrics) return failure === undefined ? undefined : codeBlock(failure);
  const { duration, bytesRead } = metrics;
  const bytes = (value: number): string | undefined => (value > 0 ? formatBytes(value) : undefined);
  return page(
    l10n.t('Stage {0}: {1}', stage.id, stage.name),
    [
      [l10n.t('Task time'), formatDuration(metrics.taskTime)],
      [l10n.t('Each task'), duration && spread(duration, formatDuration)],
      [l10n.t('Read'), bytes(metrics.inputBytes)],
      [l10n.t('Shuffle read'), bytes(metrics.shuffleReadBytes)],
      [
        l10n.t('Read by each task'),
        bytesRead && bytesRead.max > 0 ? spread(bytesRead, formatBytes) : undefined,
      ],
      [l10n.t('Shuffle written'), bytes(metrics.shuffleWriteBytes)],
      [l10n.t('Written'), bytes(metrics.outputBytes)],
      [l10n.t('Spilled to disk'), bytes(metrics.diskSpilled)],
      [l10n.t('Peak memory of a task'), bytes(metrics.peakExecutionMemory)],
      [l10n.t('Garbage collection'), metrics.gcTime > 0 ? formatDuration(metrics.gcTime) : undefined],
    ],
    failure,
  );
}

/** What a hint says, as Markdown. */
export function hintTooltip({ detail }: Hint): string {
  return escapeMarkdown(detail);
}

/** "100 ms to 3.6 s, median 300 ms" */
function spread({ min, median, max }: Distribution, format: (value: number) => string): string {
  return min === max
    ? format(max)
    : l10n.t('{0} to {1}, median {2}', format(min), format(max), format(median));
}

type Row = [name: string, value: string | undefined];

function page(title: string, rows: Row[], reason: string | undefined): string {
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '');
  const table = known.map(([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`);
  return [
    `**${escapeMarkdown(title)}**`,
    ['| | |', '|:--|:--|', ...table].join('\n'),
    ...(reason === undefined ? [] : [codeBlock(reason)]),
  ].join('\n\n');
}
