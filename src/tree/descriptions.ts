import * as l10n from '@vscode/l10n';
import type {
  Batch,
  BatchProgress,
  JobProgress,
  StageProgress,
  TaskCounts,
} from '../../server/protocol/batch.ts';
import type { Cluster } from '../../server/protocol/cluster.ts';
import { isTerminal, type BatchState } from '../../server/protocol/states.ts';
import { formatDuration, formatTime } from '../format/duration.ts';
import { formatMemory, parseMemory } from '../format/memory.ts';

/** The grey text after a batch's name: "running · 3/10 tasks", "success · 12 s · 14:03:07". */
export function batchDescription(batch: Batch, progress: BatchProgress | undefined, now: number): string {
  if (!isTerminal(batch.state)) return joined(aliveState(batch, progress), taskText(progress?.tasks));
  const ended = batch.transitions.at(-1)?.at;
  return joined(
    stateName(batch.state),
    batch.state === 'dead' && batch.reason !== undefined ? firstLine(batch.reason, 70) : undefined,
    duration(batch),
    ended === undefined ? undefined : formatTime(ended, now),
  );
}

function aliveState(batch: Batch, progress: BatchProgress | undefined): string {
  if (batch.killRequestedAt !== undefined) return l10n.t('being killed');
  if (batch.queuePosition !== undefined) return joined(l10n.t('queued'), ordinal(batch.queuePosition));
  if (batch.state === 'running' && progress?.waitingForResources) return l10n.t('waiting for executors');
  return stateName(batch.state);
}

/** "1st", "2nd", "3rd", "11th", "21st". */
export function ordinal(number: number): string {
  const isTeen = Math.floor((number % 100) / 10) === 1;
  switch (isTeen ? 0 : number % 10) {
    case 1:
      return l10n.t('{0}st', number);
    case 2:
      return l10n.t('{0}nd', number);
    case 3:
      return l10n.t('{0}rd', number);
    default:
      return l10n.t('{0}th', number);
  }
}

/** Spark names a job or stage by the place in the program: "count at /home/…/slow.py:27". The folders are left out. */
export function callSite(name: string): string {
  return name.replace(/ at (?:\/|[A-Za-z]:[\\/]|file:).*[\\/]([^\\/]+:\d+)$/, ' at $1');
}

/** A batch's state in words. */
export function stateName(state: BatchState): string {
  return {
    not_started: l10n.t('not started'),
    starting: l10n.t('starting'),
    running: l10n.t('running'),
    success: l10n.t('success'),
    dead: l10n.t('dead'),
    killed: l10n.t('killed'),
  }[state];
}

/** "3/10 tasks", with the failed ones named; nothing before there are tasks. */
export function taskText(tasks: TaskCounts | undefined): string | undefined {
  if (!tasks || tasks.total === 0) return undefined;
  const counts = l10n.t('{0}/{1} tasks', tasks.completed, tasks.total);
  return tasks.failed > 0 ? l10n.t('{0}, {1} failed', counts, tasks.failed) : counts;
}

/** From its first sign of life to its end. */
export function duration(batch: Batch): string | undefined {
  const started = batch.transitions.find(({ state }) => state === 'starting') ?? batch.transitions.at(0);
  const ended = batch.transitions.at(-1);
  return started && ended && isTerminal(ended.state) ? formatDuration(ended.at - started.at) : undefined;
}

export function jobDescription(job: JobProgress): string {
  const state = { running: l10n.t('running'), succeeded: l10n.t('succeeded'), failed: l10n.t('failed') }[
    job.state
  ];
  return joined(state, taskText(job.tasks), took(job.startedAt, job.endedAt));
}

export function stageDescription(stage: StageProgress): string {
  const state = {
    pending: l10n.t('pending'),
    active: l10n.t('active'),
    complete: l10n.t('complete'),
    failed: l10n.t('failed'),
    skipped: l10n.t('skipped'),
  }[stage.state];
  return stage.state === 'skipped'
    ? state
    : joined(state, taskText(stage.tasks), took(stage.startedAt, stage.endedAt));
}

/** "running · 2 workers, 4 cores, 2 GB" */
export function clusterDescription({ state, spec, reason }: Cluster): string {
  const memory = formatMemory((parseMemory(spec.workerMemory) ?? 0) * spec.workers);
  const workers = spec.workers === 1 ? l10n.t('1 worker') : l10n.t('{0} workers', spec.workers);
  const size = [workers, coreCount(spec.workerCores * spec.workers), memory].join(', ');
  return state === 'failed' && reason !== undefined
    ? joined(clusterStateName(state), firstLine(reason, 70))
    : joined(clusterStateName(state), size);
}

export function coreCount(cores: number): string {
  return cores === 1 ? l10n.t('1 core') : l10n.t('{0} cores', cores);
}

export function clusterStateName(state: Cluster['state']): string {
  return {
    starting: l10n.t('starting'),
    running: l10n.t('running'),
    stopping: l10n.t('stopping'),
    stopped: l10n.t('stopped'),
    failed: l10n.t('failed'),
  }[state];
}

export function firstLine(text: string, most: number): string {
  const [line = ''] = text.split('\n', 1);
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

function took(startedAt: number | undefined, endedAt: number | undefined): string | undefined {
  return startedAt === undefined || endedAt === undefined ? undefined : formatDuration(endedAt - startedAt);
}

export function joined(...parts: (string | undefined)[]): string {
  return parts.filter(part => part !== undefined && part !== '').join(' · ');
}
