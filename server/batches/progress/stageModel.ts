import type { StageProgress, TaskCounts } from '../../protocol/batch.ts';
import type { StageInfo } from './sparkEvent.ts';
import { StageSums } from './stageSums.ts';
import type { TaskEnd } from './taskEnd.ts';
import type { TaskFigures } from './taskFigures.ts';

/** One stage with its attempts: Spark runs a stage again when output that it had made is lost. */
export class StageModel {
  readonly parents: readonly number[];
  /** How many of the jobs that are kept have it. */
  jobs = 0;
  readonly #id: number;
  /** The newest is the last. Never empty. */
  readonly #attempts: Attempt[];

  constructor(info: StageInfo) {
    this.#id = info.id;
    this.parents = info.parents;
    this.#attempts = [newAttempt(info)];
  }

  submitted(info: StageInfo): void {
    const attempt = this.#of(info);
    attempt.state = 'active';
    attempt.startedAt = info.submittedAt;
  }

  completed(info: StageInfo): void {
    const attempt = this.#of(info);
    attempt.state = info.failure === undefined ? 'complete' : 'failed';
    attempt.startedAt = info.submittedAt ?? attempt.startedAt;
    attempt.endedAt = info.completedAt;
    attempt.failure = info.failure?.slice(0, failureLimit);
    // Tasks of a failed stage may go on for a moment; nobody waits for them.
    attempt.active = 0;
  }

  taskStarted(number: number): void {
    const attempt = this.#find(number);
    if (attempt) attempt.active++;
  }

  taskEnded(number: number, end: TaskEnd): void {
    const attempt = this.#find(number);
    if (!attempt) return;
    if (end === 'undone') {
      attempt.completed = Math.max(0, attempt.completed - 1);
      return;
    }
    attempt.active = Math.max(0, attempt.active - 1);
    if (end === 'succeeded') attempt.completed = Math.min(attempt.total, attempt.completed + 1);
    else if (end === 'failed') attempt.failed++;
  }

  /** @param cores that the application has at this moment */
  taskMeasured(number: number, task: TaskFigures, end: TaskEnd, cores: number): void {
    const attempt = this.#find(number);
    if (attempt) (attempt.sums ??= new StageSums()).add(task, end, cores);
  }

  /** Returns whether that is news. */
  skip(): boolean {
    const attempt = this.#newest();
    if (attempt.state !== 'pending') return false;
    attempt.state = 'skipped';
    return true;
  }

  /** One of its jobs has ended, so that nothing of it runs, unless it belongs to another one too. */
  jobEnded(at: number): void {
    const attempt = this.#newest();
    if (attempt.state === 'pending') attempt.state = 'skipped';
    if (attempt.state !== 'active' || this.jobs > 1) return;
    attempt.state = 'failed';
    attempt.endedAt = at;
    attempt.active = 0;
  }

  /** Its first attempt runs, as someone else says before its event has been written. Returns whether that is news. */
  seenActive(): boolean {
    const attempt = this.#newest();
    if (attempt.state !== 'pending') return false;
    attempt.state = 'active';
    return true;
  }

  /** Whether there are tasks to do and none is being done. */
  waits(): boolean {
    const { state, active, completed, total } = this.#newest();
    return (state === 'active' || state === 'pending') && active === 0 && completed < total;
  }

  /** Of all attempts together: a later attempt has only those tasks whose results are missing. */
  tasks(): TaskCounts {
    const newest = this.#newest();
    if (newest.state === 'skipped') return { total: 0, active: 0, completed: 0, failed: 0 };
    const total = Math.max(...this.#attempts.map(attempt => attempt.total));
    const sum = (count: (attempt: Attempt) => number): number =>
      this.#attempts.reduce((so, attempt) => so + count(attempt), 0);
    return {
      total,
      active: sum(attempt => attempt.active),
      completed: total - newest.total + newest.completed,
      failed: sum(attempt => attempt.failed),
    };
  }

  /** @param measured whether with metrics */
  progress(measured: boolean): StageProgress[] {
    return this.#attempts.map(attempt => ({
      id: this.#id,
      attempt: attempt.number,
      name: attempt.name,
      state: attempt.state,
      tasks: {
        total: attempt.total,
        active: attempt.active,
        completed: attempt.completed,
        failed: attempt.failed,
      },
      ...(attempt.startedAt === undefined ? {} : { startedAt: attempt.startedAt }),
      ...(attempt.endedAt === undefined ? {} : { endedAt: attempt.endedAt }),
      ...(attempt.failure === undefined ? {} : { failure: attempt.failure }),
      ...(measured && attempt.sums && { metrics: attempt.sums.metrics() }),
    }));
  }

  #of(info: StageInfo): Attempt {
    const known = this.#find(info.attempt);
    if (known) return known;
    const added = newAttempt(info);
    this.#attempts.push(added);
    return added;
  }

  #find(number: number): Attempt | undefined {
    return this.#attempts.findLast(attempt => attempt.number === number);
  }

  #newest(): Attempt {
    const newest = this.#attempts.at(-1);
    if (!newest) throw new Error('A stage has at least one attempt.');
    return newest;
  }
}

interface Attempt {
  readonly number: number;
  readonly name: string;
  readonly total: number;
  active: number;
  completed: number;
  failed: number;
  state: StageProgress['state'];
  startedAt: number | undefined;
  endedAt: number | undefined;
  failure: string | undefined;
  /** Once a task of it has ended. */
  sums: StageSums | undefined;
}

function newAttempt(info: StageInfo): Attempt {
  return {
    number: info.attempt,
    name: info.name,
    total: info.tasks,
    active: 0,
    completed: 0,
    failed: 0,
    state: 'pending',
    startedAt: undefined,
    endedAt: undefined,
    failure: undefined,
    sums: undefined,
  };
}

/** Characters. Spark puts a whole traceback of the first failed task there. */
const failureLimit = 4000;
