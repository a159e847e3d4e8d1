import { join } from 'node:path';
import { messageOf } from '../protocol/errors.ts';
import type { BatchRequest } from '../protocol/batch.ts';
import type { Runtime } from '../protocol/runtime.ts';
import type { Settings } from '../protocol/settings.ts';
import type { StartWay } from '../protocol/timing.ts';
import type { Command } from '../process/launch.ts';
import { Archives } from './archives.ts';
import { defaultHeap, directCommand, quickStart } from './directCommand.ts';
import { learnCommand } from './learnCommand.ts';
import { trainClasses } from './trainClasses.ts';
import { isEmpty, readBefore } from './readBefore.ts';
import { shadowedModule, type ImportedModules } from './shadowedModule.ts';
import { unusual } from './unusual.ts';
import type { WarmDriver } from './warmDriver.ts';
import { WarmDrivers, type WarmDriversOptions, type WarmWish } from './warmDrivers.ts';
import { warmKey, whyCold, wishFor } from './warmWish.ts';
import { bytesOf } from '../clusters/memory.ts';

/** Milliseconds without a running batch before the machine counts as idle. */
const restTime = 1500;
/** Bytes of memory from which on a driver is kept warm unless the settings say otherwise. */
const warmMemory = 8 * 2 ** 30;
/** The first Java whose archives and options these are. */
const sharingJava = 17;
/** Bytes of free memory below which no archive is made: it takes two JVMs of a gigabyte. */
const leastMemory = 3 * 2 ** 30;

export interface StartupOptions extends Omit<WarmDriversOptions, 'size'> {
  /** Shared by all backends of this user. */
  cacheFolder: string;
  env: Readonly<Record<string, string>>;
  settings: () => Settings;
  machine: { cores: number; memory: number };
}

/** A batch that is about to be started. */
export interface Submit {
  request: BatchRequest;
  runtime: Runtime;
  /** The spark-submit that it would be. */
  command: Command;
  /** Spark's settings of it, from wherever they come. */
  conf: Readonly<Record<string, string>>;
}

export interface Start {
  /** How the driver is started where there is no warm one. */
  command: Command;
  way: StartWay;
  /** Why it isn't a faster way that was there, although nobody switched that off: words for the head of the log. */
  fallback?: string;
  /** One that is to be given the batch. */
  driver?: WarmDriver;
}

/** Gets drivers up faster than spark-submit does, and nothing in them is different. */
export class Startup {
  readonly #options: StartupOptions;
  readonly #archives: Archives;
  readonly #warm: WarmDrivers;
  readonly #learning = new Map<string, Promise<void>>();
  readonly #untrained = new Map<string, Runtime>();
  /** Why a runtime's drivers are started by spark-submit. */
  readonly #troubles = new Map<string, string>();
  /** Runtimes for which no archive can be made. */
  readonly #hopeless = new Set<string>();
  readonly #stop = new AbortController();
  /** What the Python of a warm driver has imported, per runtime. */
  readonly #modules = new Map<string, ImportedModules>();
  #training: Promise<void> | undefined;
  #rest: NodeJS.Timeout | undefined;
  #wish: WarmWish | undefined;

  constructor(options: StartupOptions) {
    this.#options = options;
    this.#archives = new Archives(options.cacheFolder);
    this.#warm = new WarmDrivers({ ...options, size: () => this.#poolSize() });
  }

  /** How many are ready. */
  get warmDrivers(): number {
    return this.#warm.ready;
  }

  /** Finds out, behind the scenes, what is not known yet of a runtime that will be used. */
  meet(runtime: Runtime): void {
    const name = nameOf(runtime);
    const kept = this.#archives.find(runtime);
    if (this.#troubles.has(name)) return;
    if (!kept.archive && runtime.java.version >= sharingJava) this.#untrained.set(name, runtime);
    // Where spark-submit is always asked there is nothing to know.
    if (kept.learned || this.#learning.has(name) || this.#isUnusual(runtime)) return;
    this.#learning.set(name, this.#learn(runtime));
  }

  /** Makes everything that this runtime's JVMs start faster with, and answers when it is there: in a minute or two. */
  async prepare(runtime: Runtime): Promise<void> {
    const { env } = this.#options;
    const kept = this.#archives.find(runtime);
    const learned = kept.learned ?? (await learnCommand(runtime, this.#archives.folder));
    if (!kept.learned) await this.#archives.keepCommand(runtime, learned);
    if (kept.archive !== undefined || runtime.java.version < sharingJava) return;
    const training = { runtime, learned, env, signal: this.#stop.signal };
    const conf = join(runtime.spark.home, 'conf');
    if (!isEmpty(conf)) throw new Error(`${conf} isn't empty, and it stands on the class path`);
    await this.#archives.makeArchive(runtime, folder => trainClasses(training, folder));
  }

  /** The fastest way to start a batch that changes nothing in it. A driver that it names is the caller's. */
  choose(submit: Submit): Start {
    const direct = this.#direct(submit);
    if ('why' in direct) {
      const { why } = direct;
      const plain: Start = { command: submit.command, way: { kind: 'plain', why } };
      return this.#isSwitchedOff ? plain : { ...plain, fallback: `started by spark-submit: ${why}` };
    }
    const { command, archive } = direct;
    this.#archives.touch(submit.runtime);
    const cold = whyCold(submit.request, submit.conf);
    const driver = cold === undefined ? this.#warm.take(keyFor(submit, command)) : undefined;
    if (driver?.modules) this.#modules.set(nameOf(submit.runtime), driver.modules);
    const why = cold ?? this.#whyShadowed(submit);
    if (driver && why === undefined) return { command, way: { kind: 'warm' }, driver };
    driver?.end();
    const start: Start = { command, way: { kind: 'direct', archive, ...(why !== undefined && { why }) } };
    return driver ? { ...start, fallback: `started without the driver that was ready: ${why}` } : start;
  }

  /** Options for JVMs of this runtime that run on this machine: executors, masters, workers. */
  jvmOptions(runtime: Runtime): string[] {
    const archive = this.#archive(runtime);
    return archive ? [...sharing(runtime, archive), ...quickStart] : [];
  }

  /** There may soon be another like it. */
  ended(submit: Submit): void {
    const direct = this.#direct(submit);
    if ('why' in direct || whyCold(submit.request, submit.conf) !== undefined) return;
    if (this.#whyShadowed(submit) !== undefined) return;
    this.#wish = wishFor(direct.command, {
      key: keyFor(submit, direct.command),
      heap: bytesOf(heapOf(submit)),
      cores: coresOf(submit),
    });
  }

  /** Known once a driver of this runtime has been ready. */
  #whyShadowed({ request, runtime, conf }: Submit): string | undefined {
    const modules = this.#modules.get(nameOf(runtime));
    if (!modules) return undefined;
    const files = [...(request.files ?? []), ...(conf['spark.files']?.split(',') ?? [])];
    return shadowedModule(request.file, files, modules);
  }

  /** Has the settings hold at once. */
  applySettings(): void {
    this.#warm.trim();
  }

  /** Nothing runs now, or something does. At rest there is time to make what the next ones gain by. */
  resting(isResting: boolean): void {
    clearTimeout(this.#rest);
    if (isResting) this.#rest = setTimeout(() => void this.#useRest(), restTime).unref();
  }

  /** @param used the folders of warm drivers that have become those of running batches */
  recover(used: ReadonlySet<string>): void {
    this.#warm.sweep(used);
  }

  /** Settles when nothing of it runs any more. */
  async close(): Promise<void> {
    clearTimeout(this.#rest);
    this.#stop.abort();
    this.#warm.close();
    await Promise.allSettled([...this.#learning.values(), this.#training, this.#warm.settled()]);
  }

  #direct(submit: Submit): { command: Command; archive: boolean } | { why: string } {
    if (this.#isSwitchedOff) return { why: 'direct launch is switched off' };
    const { runtime, command, conf } = submit;
    const why = unusual({ runtime, env: command.env, conf });
    if (why !== undefined) return { why };
    const { learned } = this.#archives.find(runtime);
    if (!learned)
      return { why: this.#troubles.get(nameOf(runtime)) ?? 'how it starts a driver is being found out' };
    const archive = this.#archive(runtime);
    const options = [...quickStart, ...(archive ? sharing(runtime, archive) : [])];
    return {
      command: directCommand(command, { runtime, learned, heap: heapOf(submit), options }),
      archive: archive !== undefined,
    };
  }

  get #isSwitchedOff(): boolean {
    return this.#options.settings().directLaunch === false;
  }

  #isUnusual(runtime: Runtime): boolean {
    return unusual({ runtime, env: this.#options.env, conf: {} }) !== undefined;
  }

  #archive(runtime: Runtime): string | undefined {
    if (runtime.java.version < sharingJava) return undefined;
    return this.#options.settings().classSharing === false ? undefined : this.#archives.find(runtime).archive;
  }

  #poolSize(): number {
    const { settings, machine } = this.#options;
    return settings().warmDrivers ?? (machine.cores >= 2 && machine.memory >= warmMemory ? 1 : 0);
  }

  async #learn(runtime: Runtime): Promise<void> {
    try {
      await this.#archives.keepCommand(runtime, await learnCommand(runtime, this.#archives.folder));
    } catch (error) {
      this.#troubles.set(
        nameOf(runtime),
        `how it starts a driver could not be found out: ${messageOf(error)}`,
      );
      this.#options.log(
        `drivers of Spark ${runtime.spark.version} start by spark-submit: ${messageOf(error)}`,
      );
    }
  }

  /** First a driver for whoever runs the same again; then, when it is up, an archive. */
  async #useRest(): Promise<void> {
    const wish = this.#wish;
    this.#wish = undefined;
    if (wish) await this.#warm.want(wish);
    if (this.#warm.starting) this.resting(true);
    else this.#training ??= this.#train().finally(() => (this.#training = undefined));
  }

  async #train(): Promise<void> {
    const { log, availableMemory, settings } = this.#options;
    if (settings().classSharing === false || availableMemory() < leastMemory) return;
    for (const [key, runtime] of this.#untrained) {
      // One that isn't learned yet has its turn at the next rest.
      if (!this.#archives.find(runtime).learned) continue;
      this.#untrained.delete(key);
      if (this.#hopeless.has(key)) continue;
      try {
        await this.prepare(runtime);
        if (!this.#archives.find(runtime).archive) continue;
        log(`drivers of Spark ${runtime.spark.version} have an archive of their classes now`);
      } catch (error) {
        // Once is enough, until the backend is started anew.
        this.#hopeless.add(key);
        if (!this.#stop.signal.aborted) log(`no archive of classes could be made: ${messageOf(error)}`);
      }
    }
  }
}

/** The archive's use is told to nobody: where it doesn't fit any more, the JVM goes without it. */
function sharing(runtime: Runtime, archive: string): string[] {
  return [
    `-XX:SharedArchiveFile=${archive}`,
    '-Xshare:auto',
    '-Xlog:cds*=off',
    // Java 24 gave some of these messages a name that older ones refuse.
    ...(runtime.java.version >= 24 ? ['-Xlog:aot*=off'] : []),
  ];
}

const nameOf = ({ java, spark }: Runtime): string => JSON.stringify([java, spark]);

const coresOf = ({ request, conf }: Submit): string | undefined =>
  request.driverCores?.toString() ?? conf['spark.driver.cores'];

function keyFor(submit: Submit, command: Command): string {
  return warmKey(command, coresOf(submit), readBefore(submit.runtime, submit.command.env));
}

function heapOf({ request, conf }: Submit): string {
  return request.driverMemory ?? conf['spark.driver.memory'] ?? defaultHeap;
}
