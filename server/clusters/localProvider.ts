import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, ClusterSpec } from '../protocol/cluster.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Runtime } from '../protocol/runtime.ts';
import { launch, readExit, readGroup } from '../process/launch.ts';
import { endMarked, findMarked, isMarkedAlive } from '../process/marked.ts';
import { freePorts, isPortFree } from '../process/ports.ts';
import { checkFits, planLocal, type ClusterProcess, type Machine } from './localPlan.ts';
import { askMaster } from './masterApi.ts';

/** A cold JVM on a busy machine takes its time. */
const readyLimit = 180_000;
const stopGrace = 10_000;

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
      start(plan.master);
      await this.#ready(plan.uiUrl, 0, [plan.master], signal);
      plan.workers.forEach(start);
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

  /** What is wrong with a cluster that should be running, or undefined. */
  trouble(cluster: Cluster, folder: string): string | undefined {
    if (!isUp(masterFolder(folder))) return `The master is gone. ${why(masterFolder(folder))}`;
    const workers = workerFolders(folder, cluster.spec.workers);
    if (workers.some(isUp)) return undefined;
    return `No worker is left. ${why(workers[0] ?? folder)}`;
  }

  async #ready(
    uiUrl: string,
    workers: number,
    processes: ClusterProcess[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const limit = Date.now() + readyLimit; Date.now() < limit; await delay(100)) {
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

function start(process: ClusterProcess): void {
  launch(process.command, process.folder, 1, () => undefined);
}

function isUp(folder: string): boolean {
  const group = readGroup(folder, 1);
  if (group !== undefined && isMarkedAlive(group, folder)) return true;
  return findMarked(folder).length > 0;
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
