import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, ClusterSpec } from '../protocol/cluster.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Runtime } from '../protocol/runtime.ts';
import { launch, launchTimes, readExit, readGroup } from '../process/launch.ts';
import { endMarked, findMarked, isMarkedAlive } from '../process/marked.ts';
import { freePorts, isPortFree } from '../process/ports.ts';
import { checkFits, planLocal, type ClusterProcess, type Machine } from './localPlan.ts';
import { askMaster } from './masterApi.ts';

/** A cold JVM on a busy machine takes its time. */
const readyLimit = 180_000;
const stopGrace = 10_000;
/** A process may fall so often in so many milliseconds before its cluster is given up. */
const reviveLimit = 3;
const reviveWindow = 10 * 60_000;

/** A cluster that has come up once. */
export type RunningLocal = Cluster & { masterUrl: string; uiUrl: string; runtime: Runtime };

/** Makes clusters out of processes of this machine. */
export class LocalProvider {
  readonly #machine: Machine;
  readonly #env: Readonly<Record<string, string>>;

  constructor(machine: Machine, env: Readonly<Record<string, string>>) {
    this.#machine = machine;
    this.#env = env;
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

  /**
   * Starts the processes and answers when the master counts all workers as alive.
   * @throws SparkdeckError cluster.failed; nothing is left running then
   */
  async start(
    spec: ClusterSpec,
    runtime: Runtime,
    folder: string,
    signal: AbortSignal,
  ): Promise<{ masterUrl: string; uiUrl: string }> {
    const [first, second] = await freePorts(2);
    const ports = { master: spec.masterPort ?? first ?? 7077, masterUi: spec.masterUiPort ?? second ?? 8080 };
    const plan = planLocal(spec, runtime, ports, folder, this.#env);
    try {
      signal.throwIfAborted();
      start(plan.master, 1);
      await this.#ready(plan.uiUrl, 0, [plan.master], signal);
      plan.workers.forEach(worker => start(worker, 1));
      await this.#ready(plan.uiUrl, spec.workers, [plan.master, ...plan.workers], signal);
    } catch (error) {
      await this.stop(folder, spec.workers);
      throw error;
    }
    return { masterUrl: plan.masterUrl, uiUrl: plan.uiUrl };
  }

  /** Ends every process of it: workers first, so that executors end with them. */
  async stop(folder: string, workers: number): Promise<boolean> {
    const workersGone = await Promise.all(
      workerFolders(folder, workers).map(each => endMarked(each, stopGrace)),
    );
    const masterGone = await endMarked(masterFolder(folder), stopGrace);
    return masterGone && workersGone.every(Boolean);
  }

  /**
   * Starts again what fell of a cluster that should be running: the master at its old address, where it takes up its
   * workers and applications, and workers.
   * @returns what is wrong when that was done too often, or undefined
   */
  revive(cluster: RunningLocal, folder: string): string | undefined {
    const ports = { master: portOf(cluster.masterUrl), masterUi: portOf(cluster.uiUrl) };
    const plan = planLocal(cluster.spec, cluster.runtime, ports, folder, this.#env);
    for (const fallen of [plan.master, ...plan.workers].filter(each => !isUp(each.folder))) {
      const times = launchTimes(fallen.folder);
      if (times.filter(at => at > Date.now() - reviveWindow).length > reviveLimit) {
        return `The ${fallen.role} fell again and again. ${why(fallen.folder)}`;
      }
      start(fallen, times.length + 1);
    }
    return undefined;
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
        throw new SparkdeckError('cluster.failed', `The ${fallen.role} ended. ${why(fallen.folder)}`);
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

function workerFolders(folder: string, workers: number): string[] {
  return Array.from({ length: workers }, (_, index) => join(folder, `worker-${index + 1}`));
}

function start(process: ClusterProcess, attempt: number): void {
  mkdirSync(process.folder, { recursive: true, mode: 0o700 });
  writeFileSync(process.propertiesFile, process.properties, { mode: 0o600 });
  launch(process.command, process.folder, attempt, () => undefined);
}

function isUp(folder: string): boolean {
  const group = readGroup(folder, launchTimes(folder).length);
  if (group !== undefined && isMarkedAlive(group, folder)) return true;
  return findMarked(folder).length > 0;
}

function portOf(url: string): number {
  return Number(url.slice(url.lastIndexOf(':') + 1));
}

/** The last words of a process that ended. */
function why(folder: string): string {
  const file = join(folder, 'stderr.log');
  let lines: string[] = [];
  try {
    lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-200);
  } catch {
    return `There is no log at ${file}.`;
  }
  const telling = lines.findLast(line => /(Exception|Error|error):? /.test(line)) ?? lines.at(-1) ?? '';
  return `${telling.trim()} See ${file}.`;
}
