import type { BatchProgress, JobProgress, TaskCounts } from '../../protocol/batch.ts';
import type { ApplicationMetrics, Executor } from '../../protocol/metrics.ts';
import { CoreTime } from './coreTime.ts';
import { ExecutorsModel } from './executorsModel.ts';
import { Milestones, type MilestoneTimes } from './milestones.ts';
import type { SparkEvent } from './sparkEvent.ts';
import { StageModel } from './stageModel.ts';
import { endOf } from './taskEnd.ts';
import { TaskSums } from './taskSums.ts';

/**
 * How far an application is, from its events in the order of the event log. Memory grows with stages, not with tasks,
 * and only the newest jobs are kept.
 */
export class ProgressModel {
  #appId: string | undefined;
  #appName: string | undefined;
  #ended = false;
  #settled = false;
  /** In the order they were started. */
  readonly #jobs = new Map<number, Job>();
  readonly #stages = new Map<number, StageModel>();
  readonly #executors = new ExecutorsModel();
  readonly #sums = new TaskSums();
  readonly #coreTime = new CoreTime();
  readonly #milestones = new Milestones();
  /** Of the jobs that are no longer kept. */
  readonly #forgotten: TaskCounts = noTasks();
  readonly #keep: number;

  /** @param keep how many jobs; of more, the oldest that have ended are forgotten */
  constructor(keep = 1000) {
    this.#keep = keep;
  }

  get appId(): string | undefined {
    return this.#appId;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get milestones(): MilestoneTimes {
    return this.#milestones.times();
  }

  apply(event: SparkEvent): void {
    this.#milestones.apply(event);
    switch (event.kind) {
      case 'taskStart':
        return this.#stages.get(event.stageId)?.taskStarted(event.attempt);
      case 'taskEnd':
        return this.#endTask(event);
      case 'applicationStart':
        this.#coreTime.advance(event.at);
        this.#appId = event.appId ?? this.#appId;
        this.#appName = event.appName;
        return;
      case 'applicationEnd':
        this.#ended = true;
        return this.settle(event.at);
      case 'jobStart':
        return this.#startJob(event);
      case 'jobEnd':
        return this.#endJob(event.jobId, event.at, event.succeeded);
      case 'stageSubmitted':
        this.#stages.get(event.stage.id)?.submitted(event.stage);
        return this.#skipAncestors(event.stage.parents);
      case 'stageCompleted':
        return this.#stages.get(event.stage.id)?.completed(event.stage);
      case 'executorAdded':
        this.#coreTime.advance(event.at);
        this.#coreTime.coresChanged(event.cores);
        return this.#executors.added({
          id: event.executorId,
          host: event.host,
          cores: event.cores,
          addedAt: event.at,
        });
      case 'executorRemoved':
        this.#coreTime.advance(event.at);
        this.#coreTime.coresChanged(-this.#executors.removed(event.executorId, event.at, event.reason));
    }
  }

  /**
   * The driver says that a stage runs. Spark writes a job's start to the event log at once, but that of a stage only
   * with the next thing that ends.
   */
  seenActive(stageId: number): void {
    const stage = this.#stages.get(stageId);
    if (stage?.seenActive() === true) this.#skipAncestors(stage.parents);
  }

  /**
   * The application is gone, whether or not it could say so: what still ran has failed.
   * @param at milliseconds since 1970
   */
  settle(at: number): void {
    for (const job of this.#jobs.values()) {
      if (job.state === 'running') this.#endJob(job.id, at, false);
    }
    if (this.#settled) return;
    this.#settled = true;
    this.#coreTime.advance(at);
    this.#coreTime.coresChanged(-this.#coreTime.cores);
    this.#executors.allRemoved(at);
  }

  /**
   * @param id the batch's
   * @param measured whether stages come with their metrics
   */
  snapshot(id: number, measured = false): BatchProgress {
    const tasks = { ...this.#forgotten };
    for (const stage of this.#stages.values()) add(tasks, stage.tasks());
    const waits = [...this.#stages.values()].some(stage => stage.waits());
    return {
      id,
      ...(this.#appId === undefined ? {} : { appId: this.#appId }),
      ...(this.#appName === undefined ? {} : { appName: this.#appName }),
      executors: this.#executors.live,
      waitingForResources: waits && this.#executors.live === 0 && !this.#executors.driverRunsTasks,
      tasks,
      jobs: [...this.#jobs.values()].map(job => this.#jobProgress(job, measured)),
    };
  }

  /** Of the whole application, the jobs that are no longer kept among it. */
  measures(): { metrics: ApplicationMetrics; executors: Executor[] } {
    return {
      metrics: { ...this.#sums.totals(), ...this.#coreTime.figures() },
      executors: this.#executors.snapshot(),
    };
  }

  #endTask({ stageId, attempt, reason, task }: SparkEvent & { kind: 'taskEnd' }): void {
    const stage = this.#stages.get(stageId);
    const end = endOf(reason);
    stage?.taskEnded(attempt, end);
    // One that is to be done again was measured when it ended.
    if (!task || end === 'undone') return;
    this.#coreTime.advance(task.finishedAt);
    this.#sums.add(task, end);
    this.#executors.taskEnded(task, end === 'failed');
    stage?.taskMeasured(attempt, task, end, this.#coreTime.cores);
  }

  #startJob(event: SparkEvent & { kind: 'jobStart' }): void {
    this.#coreTime.advance(event.at);
    this.#coreTime.jobStarted();
    for (const info of event.stages) {
      // Jobs that run side by side may share a stage.
      const stage = this.#stages.get(info.id) ?? new StageModel(info);
      stage.jobs++;
      this.#stages.set(info.id, stage);
    }
    const stageIds = event.stages.map(stage => stage.id).toSorted((a, b) => a - b);
    // The stage that gives the result is made after those it needs.
    const last = event.stages.find(stage => stage.id === stageIds.at(-1));
    this.#jobs.set(event.jobId, {
      id: event.jobId,
      name: event.description ?? last?.name ?? `job ${event.jobId}`,
      state: 'running',
      stageIds,
      startedAt: event.at,
      endedAt: undefined,
    });
    if (this.#jobs.size > this.#keep) this.#forgetOldest();
  }

  #endJob(jobId: number, at: number, succeeded: boolean): void {
    const job = this.#jobs.get(jobId);
    if (!job) return;
    this.#coreTime.advance(at);
    if (job.state === 'running') this.#coreTime.jobEnded();
    job.state = succeeded ? 'succeeded' : 'failed';
    job.endedAt = at;
    for (const stageId of job.stageIds) this.#stages.get(stageId)?.jobEnded(at);
  }

  /** A stage is submitted only when all it needs is there: what hasn't run by then is there from an earlier job. */
  #skipAncestors(parents: readonly number[]): void {
    for (const parent of parents) {
      const stage = this.#stages.get(parent);
      if (stage?.skip() === true) this.#skipAncestors(stage.parents);
    }
  }

  #forgetOldest(): void {
    const jobs = [...this.#jobs.values()];
    const oldest = jobs.find(job => job.state !== 'running') ?? jobs[0];
    if (!oldest) return;
    this.#jobs.delete(oldest.id);
    for (const stageId of oldest.stageIds) {
      const stage = this.#stages.get(stageId);
      if (!stage || --stage.jobs > 0) continue;
      add(this.#forgotten, stage.tasks());
      this.#stages.delete(stageId);
    }
  }

  #jobProgress(job: Job, measured: boolean): JobProgress {
    const stages = job.stageIds.flatMap(stageId => this.#stages.get(stageId) ?? []);
    const tasks = noTasks();
    for (const stage of stages) add(tasks, stage.tasks());
    return {
      id: job.id,
      name: job.name,
      state: job.state,
      tasks,
      stages: stages.flatMap(stage => stage.progress(measured)),
      startedAt: job.startedAt,
      ...(job.endedAt === undefined ? {} : { endedAt: job.endedAt }),
    };
  }
}

interface Job {
  readonly id: number;
  readonly name: string;
  state: JobProgress['state'];
  readonly stageIds: readonly number[];
  readonly startedAt: number;
  endedAt: number | undefined;
}

const noTasks = (): TaskCounts => ({ total: 0, active: 0, completed: 0, failed: 0 });

function add(sum: TaskCounts, counts: TaskCounts): void {
  sum.total += counts.total;
  sum.active += counts.active;
  sum.completed += counts.completed;
  sum.failed += counts.failed;
}
