import { SparkdeckError } from '../protocol/errors.ts';
import type {
  DoctorReport,
  Finding,
  InstallProgress,
  Runtime,
  RuntimePreference,
} from '../protocol/runtime.ts';
import { choose, plain, type Advice, type Choice } from './choose.ts';
import { javaFit, newestRelease, pythonFit, type Fit } from './fit.ts';
import { installManaged } from './installManaged.ts';
import type { FoundJava } from './javas.ts';
import { machineFindings, thisMachine, type Machine } from './machine.ts';
import { javaAdvice, pythonAdvice, venvAdvice } from './packageAdvice.ts';
import { ProbeCache } from './probeCache.ts';
import type { FoundPython } from './pythons.ts';
import { SharedWork } from './sharedWork.ts';
import { folderFindings, osRelease, survey, type Surroundings, type Survey } from './survey.ts';

/** The Javas, Sparks and Pythons of this machine, and the Sparks that are installed for Sparkdeck alone. */
export class Runtimes {
  readonly #place: Surroundings;
  readonly #installs = new SharedWork<InstallProgress>();
  readonly #closing = new AbortController();

  /** @param options.installFolder where managed installs lie; made when needed. `machine` is this one unless given. */
  constructor(options: { env: NodeJS.ProcessEnv; installFolder: string; machine?: Machine }) {
    const { env, installFolder, machine = thisMachine() } = options;
    this.#place = {
      env,
      installFolder,
      machine,
      javaCache: new ProbeCache(env),
      pythonCache: new ProbeCache(env),
    };
  }

  /** What was found, what doesn't fit, and what to do. Asks every program anew. */
  async doctor(preference: RuntimePreference): Promise<DoctorReport> {
    const { machine, installFolder } = this.#place;
    this.#place.javaCache.forget();
    this.#place.pythonCache.forget();
    const found = await survey(preference, this.#place);
    const choice = await this.#choose(found, preference);
    const installable = newestRelease(javasOf(found, preference), venvPythons(found, preference));
    const findings: Finding[] = [
      ...found.refusals.map(refusal => refusal.finding),
      ...(choice.problem && found.refusals.length === 0 ? [choice.problem.finding] : []),
      ...found.findings,
      ...choice.findings,
      ...(await folderFindings(installFolder, { spaceMatters: !choice.runtime })),
      ...machineFindings(machine),
    ];
    const managed = found.sparks.flatMap(spark =>
      spark.source === 'managed' && spark.ownPython ? spark.ownPython : [],
    );
    return {
      ...plain({ ...found, pythons: [...found.pythons, ...managed] }),
      ...(choice.runtime && found.refusals.length === 0 && { runtime: choice.runtime }),
      ...(installable && { installable }),
      findings,
      machine: { platform: machine.platform, cores: machine.cores, memory: machine.memory },
    };
  }

  /**
   * What a batch or a cluster starts with. Quick when asked again: programs are run only when they have changed.
   * @throws SparkdeckError runtime.missing or runtime.unfit
   */
  async resolve(preference: RuntimePreference): Promise<Runtime> {
    const found = await survey(preference, this.#place);
    for (const { error } of found.refusals) throw error;
    return taken(await this.#choose(found, preference));
  }

  /**
   * Installs `preference.sparkVersion`, or the newest Spark that the machine's Java and Python carry, unless it is
   * there. Whoever asks for the same version meanwhile waits for the same install, and hears of the same progress.
   * @throws SparkdeckError runtime.missing, runtime.unfit, runtime.install or folder.unwritable
   */
  async install(preference: RuntimePreference, onProgress: (p: InstallProgress) => void): Promise<Runtime> {
    if (preference.sparkHome)
      throw new SparkdeckError(
        'request.invalid',
        `The setting sparkHome names a Spark of your own, ${preference.sparkHome}. Remove it to have one installed.`,
      );
    const found = await survey(preference, this.#place);
    for (const { error } of found.refusals) throw error;
    const { version, python } = await this.#plan(found, preference);
    await this.#installs.join(version, onProgress, report =>
      installManaged({
        version,
        python,
        installFolder: this.#place.installFolder,
        env: this.#place.env,
        cache: this.#place.pythonCache,
        signal: this.#closing.signal,
        onProgress: report,
      }),
    );
    return this.resolve({ ...preference, sparkVersion: version });
  }

  /** Breaks off installs that are under way, and returns when their processes are gone. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#installs.settled();
  }

  async #choose(found: Survey, preference: RuntimePreference): Promise<Choice> {
    return choose(found, preference, await this.#advice(found, preference));
  }

  async #advice(found: Survey, preference: RuntimePreference): Promise<Advice> {
    const { machine } = this.#place;
    const system = { ...machine, osRelease: await osRelease(machine) };
    const asked = preference.sparkVersion ? ` --spark-version ${preference.sparkVersion}` : '';
    const version =
      preference.sparkVersion ?? newestRelease(javasOf(found, preference), venvPythons(found, preference));
    return {
      java: javaAdvice(system),
      python: pythonAdvice(system),
      spark: version
        ? `Sparkdeck can install Spark ${version} (460 MB to download): type \`sparkdeck runtime install${asked}\`, or choose Install Spark in the editor. Or set SPARK_HOME to a Spark of yours.`
        : 'Set SPARK_HOME to a Spark of yours.',
    };
  }

  /** Which Spark, by which Python; nothing is downloaded that couldn't be started afterwards. */
  async #plan(
    found: Survey,
    preference: RuntimePreference,
  ): Promise<{ version: string; python: FoundPython }> {
    const { machine } = this.#place;
    const system = { ...machine, osRelease: await osRelease(machine) };
    const javas = javasOf(found, preference);
    const pythons = pythonsOf(found, preference);
    if (javas.length === 0)
      throw new SparkdeckError(
        'runtime.missing',
        `Spark needs Java, and none was found. ${javaAdvice(system)}`,
      );
    const [anyPython] = pythons;
    if (!anyPython)
      throw new SparkdeckError('runtime.missing', `No Python 3 was found on PATH. ${pythonAdvice(system)}`);

    const version = preference.sparkVersion ?? newestRelease(javas, pythons);
    if (version === undefined)
      throw new SparkdeckError(
        'runtime.unfit',
        `No Spark that can be installed fits the Javas and Pythons of this machine. ${javaAdvice(system)}`,
      );
    const java = best(javas, java => javaFit(version, java));
    if ('reason' in java) throw new SparkdeckError('runtime.unfit', java.reason);
    const python = best(
      pythons.filter(python => python.makesVenvs),
      python => pythonFit(version, python),
    );
    if ('thing' in python) return { version, python: python.thing };
    const fitting = best(pythons, python => pythonFit(version, python));
    if ('reason' in fitting) throw new SparkdeckError('runtime.unfit', fitting.reason);
    throw new SparkdeckError(
      'runtime.install',
      `${fitting.thing.path} can't make virtual environments: its venv or ensurepip module is missing. ${venvAdvice(system, fitting.thing)}`,
    );
  }
}

function taken({ runtime, problem }: Choice): Runtime {
  if (runtime) return runtime;
  if (!problem) throw new SparkdeckError('internal', 'A choice without a runtime has no problem either.');
  const { message, advice } = problem.finding;
  throw new SparkdeckError(problem.code, advice ? `${message} ${advice}` : message);
}

const javasOf = ({ javas }: Survey, preference: RuntimePreference): FoundJava[] =>
  preference.javaHome ? javas.filter(java => java.source === 'setting') : javas;

const pythonsOf = ({ pythons }: Survey, preference: RuntimePreference): FoundPython[] =>
  preference.python ? pythons.filter(python => python.source === 'setting') : pythons;

const venvPythons = (found: Survey, preference: RuntimePreference): FoundPython[] =>
  pythonsOf(found, preference).filter(python => python.makesVenvs);

/** The first good one, else the first untried one, else why the first doesn't serve. */
function best<Thing>(
  things: readonly Thing[],
  fitOf: (thing: Thing) => Fit,
): { thing: Thing } | { reason: string } {
  const graded = things.map(thing => ({ thing, fit: fitOf(thing) }));
  const choice =
    graded.find(({ fit }) => fit.grade === 'good') ?? graded.find(({ fit }) => fit.grade === 'untried');
  if (choice) return { thing: choice.thing };
  const [first] = graded;
  return {
    reason: first && first.fit.grade !== 'good' ? `${first.fit.message} ${first.fit.advice}` : 'None.',
  };
}
