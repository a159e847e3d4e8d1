import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, ClusterSpec } from '../protocol/cluster.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { Runtime } from '../protocol/runtime.ts';
import { claimLaunch, launch, launchTimes, readExit, readGroup } from '../process/launch.ts';
import { commandOf, endMarked, findMarked, isMarkedAlive } from '../process/marked.ts';
import { freePorts, isPortFree } from '../process/ports.ts';
import { authentication, forgetSecret, makeSecret, secretLoss } from './clusterSecret.ts';
import { lastWords, trimLog } from './daemonLog.ts';
import { checkFits, planLocal, type ClusterProcess, type LocalPlan, type Machine } from './localPlan.ts';
import { askMaster } from './masterApi.ts';
import type { ClusterProvider, RunningCluster, Started, Tended } from './provider.ts';
import { planRevival, type Part } from './revival.ts';
import { allWorkerFolders, forgetRetired, retire, workerNumbers, workerRole } from './workerFolders.ts';

/** A cold JVM on a busy machine takes its time. */
const readyLimit = 180_000;
const stopGrace = 10_000;
const executorClass = 'org.apache.spark.executor.CoarseGrainedExecutorBackend';

/** Makes clusters out of processes of this machine. */
export class LocalProvider implements ClusterProvider {
  readonly #machine: Machine;
  readonly #env: Readonly<Record<string, string>>;
  readonly #jvmOptions: (runtime: Runtime) => string[];
  /** What is to be said of workers that were given up, by their folders. */
  readonly #givenUp = new Map<string, string>();
  /** Folders of workers that are being ended. */
  readonly #leaving = new Set<string>();

  /** @param jvmOptions with which masters and workers start faster */
  constructor(
    machine: Machine,
    env: Readonly<Record<string, string>>,
    jvmOptions: (runtime: Runtime) => string[],
  ) {
    this.#machine = machine;
    this.#env = env;
    this.#jvmOptions = jvmOptions;
  }

  /** @throws SparkdeckError cluster.tooBig, port.taken */
  async check(spec: ClusterSpec): Promise<void> {
    checkFits(spec, this.#machine);
    for (const port of [spec.masterPort, spec.masterUiPort]) {
      if (port === undefined || (await isPortFree(port))) continue;
      throw new SparkdeckError(
        'port.taken',
        `Port ${port} is in use by another program. Choose another, or leave it out: then a free one is chosen.`,
      );
    }
  }

  /** @throws SparkdeckError cluster.tooBig */
  checkSize(spec: ClusterSpec): void {
    checkFits(spec, this.#machine);
  }

  /**
   * Starts the processes and answers when the master counts all workers as alive.
   * @throws SparkdeckError cluster.failed; what was started by then is left to `stop`
   */
  async start(spec: ClusterSpec, runtime: Runtime, folder: string, signal: AbortSignal): Promise<Started> {
    const [first, second] = await freePorts(2);
    const ports = { master: spec.masterPort ?? first ?? 7077, masterUi: spec.masterUiPort ?? second ?? 8080 };
    signal.throwIfAborted();
    makeSecret(folder);
    const plan = this.#plan({ spec, runtime, secured: true }, ports, folder);
    [plan.master, ...plan.workers].forEach(each => settle(each.folder));
    start(plan.master);
    await this.#ready(plan.uiUrl, 0, [plan.master], signal);
    plan.workers.forEach(worker => start(worker));
    await this.#ready(plan.uiUrl, spec.workers, [plan.master, ...plan.workers], signal);
    return { masterUrl: plan.masterUrl, uiUrl: plan.uiUrl, secured: true };
  }

  /** Ends every process of it: workers first, so that executors end with them. */
  async stop(folder: string, workers: number): Promise<boolean> {
    const folders = allWorkerFolders(folder, workers);
    for (const each of folders) this.#givenUp.delete(each);
    const workersGone = await Promise.all(folders.map(each => endMarked(each, stopGrace)));
    const masterGone = await endMarked(masterFolder(folder), stopGrace);
    const isGone = masterGone && workersGone.every(Boolean);
    if (isGone) forgetSecret(folder);
    return isGone;
  }

  /**
   * Starts again what fell: the master at its old address, where it takes up its workers and applications, and workers.
   * Starts and ends workers until there are as many as there should be. Keeps their logs small.
   */
  tend(cluster: RunningCluster, folder: string): Tended {
    const ports = { master: portOf(cluster.masterUrl), masterUi: portOf(cluster.uiUrl) };
    const troubles: string[] = [];
    const tried = <T>(role: string, act: () => T): T | undefined => {
      try {
        return act();
      } catch (error) {
        troubles.push(`${role}: ${messageOf(error)}`);
        return undefined;
      }
    };
    const lostSecret = secretLoss(folder, cluster.secured === true);
    if (lostSecret !== undefined) return { lost: lostSecret, troubles };
    const workers = this.#workers(folder, cluster.spec.workers, tried);
    const plan = this.#plan(cluster, ports, folder, workers);
    const processes = [plan.master, ...plan.workers];
    const look = ({ role, folder: own }: ClusterProcess): Part =>
      // What can't be looked at counts as up: a second one beside it would do harm.
      tried(role, () => ({
        role,
        isUp: isUp(own),
        isGivenUp: this.#givenUp.has(own),
        launches: launches(own),
      })) ?? { role, isUp: true, isGivenUp: false, launches: [] };

    const revival = planRevival(look(plan.master), plan.workers.map(look), Date.now());
    if (revival.lost.length > 0) {
      const last = join(folder, revival.lost.at(-1) ?? '');
      return { lost: `${fellOften(revival.lost)}. ${lastWords(last)}`, troubles };
    }
    for (const each of processes) {
      tried(each.role, () => trimLogs(each.folder));
      if (revival.start.includes(each.role)) {
        tried(each.role, () => start(each));
      } else if (revival.givenUp.includes(each.role) && !this.#givenUp.has(each.folder)) {
        this.#givenUp.set(
          each.folder,
          `${fellOften([each.role])}, so the cluster goes on without it. ` +
            `To have it back, stop the cluster and start it again. ${lastWords(each.folder)}`,
        );
      }
    }
    const notes = processes.flatMap(each => this.#givenUp.get(each.folder) ?? []);
    const busy = workers.length - cluster.spec.workers;
    if (busy > 0)
      notes.push(`${busy} of its workers will be ended when nothing runs on ${busy === 1 ? 'it' : 'them'}.`);
    return { ...(notes.length > 0 && { note: notes.join('\n') }), troubles };
  }

  /** The numbers of the workers there should be, with those that are too many but busy; the others it lets go. */
  #workers(
    folder: string,
    wanted: number,
    tried: <T>(role: string, act: () => T) => T | undefined,
  ): number[] {
    const { active, leaving } = workerNumbers(folder, wanted);
    for (const number of leaving) this.#letGo(folder, number);
    const surplus = active.length - wanted;
    if (surplus <= 0) return active;
    const idle = tried('workers', () => idleWorkers(folder, active)) ?? [];
    const gone = idle.slice(-surplus).filter(number =>
      tried(workerRole(number), () => {
        retire(folder, number);
        return true;
      }),
    );
    for (const number of gone) this.#letGo(folder, number);
    return active.filter(number => !gone.includes(number));
  }

  /** Ends a worker that was let go. What fails is done at a later look. */
  #letGo(folder: string, number: number): void {
    const own = join(folder, workerRole(number));
    if (this.#leaving.has(own)) return;
    this.#leaving.add(own);
    this.#givenUp.delete(own);
    endMarked(own, stopGrace)
      .then(async isGone => (isGone ? forgetRetired(folder, number) : undefined))
      .catch(() => undefined)
      .finally(() => this.#leaving.delete(own));
  }

  authentication(cluster: Cluster, folder: string): Record<string, string> {
    return authentication(folder, cluster.secured === true);
  }

  #plan(
    { spec, runtime, secured }: Pick<RunningCluster, 'spec' | 'runtime' | 'secured'>,
    ports: { master: number; masterUi: number },
    folder: string,
    workers?: readonly number[],
  ): LocalPlan {
    const base = {
      env: this.#env,
      jvmOptions: this.#jvmOptions(runtime),
      authentication: authentication(folder, secured === true),
    };
    return planLocal(spec, runtime, ports, folder, base, workers);
  }

  async #ready(
    uiUrl: string,
    workers: number,
    processes: ClusterProcess[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const limit = performance.now() + readyLimit; performance.now() < limit; await delay(100)) {
      signal.throwIfAborted();
      const fallen = processes.find(each => readExit(each.folder) !== undefined);
      if (fallen)
        throw new SparkdeckError('cluster.failed', `The ${fallen.role} ended. ${lastWords(fallen.folder)}`);
      const detail = await askMaster(uiUrl, AbortSignal.timeout(5000)).catch(() => undefined);
      const alive = detail?.workers.filter(worker => worker.state === 'ALIVE').length ?? 0;
      if (detail?.masterState === 'ALIVE' && alive >= workers) return;
    }
    throw new SparkdeckError(
      'cluster.failed',
      `The cluster wasn't ready after ${readyLimit / 1000} s. Look at the logs in ${processes[0]?.folder}.`,
    );
  }
}

const masterFolder = (folder: string): string => join(folder, 'master');

/** Those on which no executor runs, by what the kernel says: a master may still count one that has just ended. */
function idleWorkers(folder: string, numbers: readonly number[]): number[] {
  return numbers.filter(number => {
    const processes = findMarked(join(folder, workerRole(number)));
    return !processes.some(({ pid }) => commandOf(pid).includes(executorClass));
  });
}

/** What an earlier backend asked for, and hasn't begun, never will; what its master wrote down holds no more. */
function settle(folder: string): void {
  if (!existsSync(folder)) return;
  claimLaunch(folder, launches(folder).length + 1);
  rmSync(join(folder, 'recovery'), { recursive: true, force: true });
}

function start(process: ClusterProcess): void {
  mkdirSync(process.folder, { recursive: true, mode: 0o700 });
  writeFileSync(process.propertiesFile, process.properties, { mode: 0o600 });
  launch(process.command, process.folder, launches(process.folder).length + 1, () => undefined);
}

function isUp(folder: string): boolean {
  const group = readGroup(folder, launches(folder).length);
  if (group !== undefined && isMarkedAlive(group, folder)) return true;
  return findMarked(folder).length > 0;
}

/** None for a folder that isn't there, or not any more. */
function launches(folder: string): number[] {
  return existsSync(folder) ? launchTimes(folder) : [];
}

function trimLogs(folder: string): void {
  for (const name of ['stdout.log', 'stderr.log']) trimLog(join(folder, name));
}

/** "The master fell again and again" */
function fellOften(roles: readonly string[]): string {
  return `The ${roles.join(', ')} fell again and again`;
}

function portOf(url: string): number {
  return Number(url.slice(url.lastIndexOf(':') + 1));
}
