import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import type { InstallProgress } from '../protocol/runtime.ts';
import { FolderLock } from '../store/folderLock.ts';
import { findManaged, managedFolderName, writeMarker } from './managedRuntimes.ts';
import { diskFull, explainPipFailure, knowsRawProgress, PipProgress, shares } from './pipOutput.ts';
import type { ProbeCache } from './probeCache.ts';
import { runInGroup, type GroupResult } from './processGroup.ts';
import type { FoundPython, PythonAnswer } from './pythons.ts';
import { inspectSpark, versionOfPackage } from './sparks.ts';

type Options = {
  version: string;
  python: FoundPython;
  installFolder: string;
  env: NodeJS.ProcessEnv;
  cache: ProbeCache<PythonAnswer>;
  signal: AbortSignal;
  onProgress: (progress: InstallProgress) => void;
};

/**
 * Brings a Spark into a virtual environment of its own below `installFolder`. Only one process at a time installs into
 * that folder; one that comes second waits, and takes what the first has made.
 * @throws SparkdeckError runtime.install or folder.unwritable
 */
export async function installManaged(options: Options): Promise<void> {
  const { installFolder, version, onProgress } = options;
  const lock = await waitForLock(options);
  try {
    const { sparks, halfMade } = await findManaged(installFolder, options.env, options.cache);
    if (!sparks.some(spark => spark.version === version)) {
      const free = await freeSpace(installFolder);
      const folder = await claimFolder(installFolder, version);
      await Promise.all(halfMade.map(remove));
      try {
        await make(folder, free, options);
      } catch (error) {
        await remove(folder);
        throw error;
      }
    }
    onProgress({ step: 'done', message: `Spark ${version} is installed`, fraction: shares.done });
  } finally {
    lock.release();
  }
}

async function make(folder: string, free: number, options: Options): Promise<void> {
  const { version, python, onProgress, signal } = options;
  onProgress({
    step: 'venv',
    message: `Making a virtual environment with Python ${python.version}`,
    fraction: shares.venv,
  });
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const env = pipEnvironment(options.env, temporary);
  const run: Run = async (program, args, onLine) => {
    const result = await runInGroup(program, args, { env, cwd: folder, signal, ...(onLine && { onLine }) });
    if (signal.aborted) throw brokenOff();
    return result;
  };

  const venv = await run(python.path, ['-m', 'venv', folder]);
  if (venv.exitCode !== 0)
    throw new SparkdeckError(
      'runtime.install',
      `${python.path} could not make a virtual environment. ${venv.startFailure ?? explainPipFailure(venv.lines, folder, free)}`,
    );
  const ownPython = join(folder, 'bin', 'python');

  onProgress({ step: 'download', message: `Looking for Spark ${version}`, fraction: shares.download });
  const raw = await bringRawProgress(ownPython, run);
  const progress = new PipProgress(version);
  const pip = await run(
    ownPython,
    [...pipInstall, '--progress-bar', raw ? 'raw' : 'off', `pyspark==${version}`],
    line => {
      const step = progress.read(line);
      if (step) onProgress(step);
    },
  );
  if (pip.exitCode !== 0) {
    const log = await keepLog(options.installFolder, version, pip.lines);
    throw new SparkdeckError(
      'runtime.install',
      `Spark ${version} could not be installed. ${pip.startFailure ?? explainPipFailure(pip.lines, folder, free)}${log && ` All that pip printed is in ${log}.`}`,
    );
  }

  onProgress({ step: 'check', message: `Checking Spark ${version}`, fraction: shares.check });
  const home = await check(version, ownPython, run);
  // Without these everything works too, and each Python process and each first query takes half a second longer.
  await run(ownPython, ['-W', 'ignore', compileZip, join(home, 'python', 'lib', 'pyspark.zip')]);
  await run(ownPython, [unsignJars, join(home, 'jars')]);
  await remove(temporary);
  await writeMarker(folder, {
    spark: version,
    home: relative(folder, home),
    python: relative(folder, ownPython),
  });
}

const compileZip = fileURLToPath(new URL('./compile_zip.py', import.meta.url));
const unsignJars = fileURLToPath(new URL('./unsign_jars.py', import.meta.url));

const pipInstall = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];

type Run = (program: string, args: string[], onLine?: (line: string) => void) => Promise<GroupResult>;

/** An old pip is replaced in the new environment; where that fails, the install goes on without a fraction. */
async function bringRawProgress(python: string, run: Run): Promise<boolean> {
  const has = async (): Promise<boolean> =>
    knowsRawProgress((await run(python, ['-m', 'pip', '--version'])).lines.join('\n'));
  if (await has()) return true;
  await run(python, [...pipInstall, '--quiet', '--upgrade', 'pip']);
  return has();
}

/** What pip says it did is not taken for granted. @returns SPARK_HOME */
async function check(version: string, python: string, run: Run): Promise<string> {
  const fail = (why: string): never => {
    throw new SparkdeckError(
      'runtime.install',
      `What pip installed is not a whole Spark ${version}: ${why} Install it again; if that fails too, clear pip's cache with \`pip cache purge\`.`,
    );
  };
  const imported = await run(python, [
    '-c',
    'import os, pyspark; print(); print(os.path.dirname(os.path.abspath(pyspark.__file__)))',
  ]);
  const home = imported.lines.at(-1);
  if (imported.exitCode !== 0 || home === undefined)
    return fail(`Python can't import it: ${imported.lines.at(-1) ?? 'no reason given'}.`);
  const packaged = await versionOfPackage(home);
  if (packaged !== version) return fail(`the package's version is ${packaged ?? 'unknown'}.`);
  const spark = await inspectSpark(home);
  if ('reason' in spark) return fail(spark.reason);
  if (spark.version !== version) return fail(`its jars are of Spark ${spark.version}.`);
  if (spark.jars <= 100) return fail(`it has only ${spark.jars} jars.`);
  return home;
}

/**
 * The environment as it is (proxies, certificates, package index), without what would lead pip or Python out of the new
 * virtual environment. The temporary folder is on the same disk: /tmp is often too small for half a gigabyte.
 */
export function pipEnvironment(env: NodeJS.ProcessEnv, temporary: string): NodeJS.ProcessEnv {
  const astray = [
    'PYTHONPATH',
    'PYTHONHOME',
    'PIP_TARGET',
    'PIP_PREFIX',
    'PIP_ROOT',
    'PIP_DRY_RUN',
    'PIP_QUIET',
  ];
  const kept = Object.entries(env).filter(([name]) => !astray.includes(name));
  return { ...Object.fromEntries(kept), PIP_USER: '0', PYTHONUNBUFFERED: '1', TMPDIR: temporary };
}

async function waitForLock({ installFolder, onProgress, signal }: Options): Promise<FolderLock> {
  for (let told = false; ; told = true) {
    if (signal.aborted) throw brokenOff();
    const lock = await takeLock(installFolder);
    if (lock) return lock;
    if (!told)
      onProgress({ step: 'venv', message: 'Waiting for another install to end', fraction: shares.venv });
    await delay(lockInterval);
  }
}

async function takeLock(installFolder: string): Promise<FolderLock | undefined> {
  try {
    await mkdir(installFolder, { recursive: true });
    return FolderLock.take(installFolder);
  } catch (error) {
    throw new SparkdeckError(
      'folder.unwritable',
      `Can't install into ${installFolder}: ${messageOf(error)}. Make it writable, or set XDG_CACHE_HOME to a folder that is.`,
      { cause: error },
    );
  }
}

const brokenOff = (): SparkdeckError =>
  new SparkdeckError('runtime.install', 'The install was broken off. Start it again.');

/** milliseconds; the lock is the operating system's, which doesn't call back */
const lockInterval = 300;

/**
 * A name that nothing stands at. A half-made folder isn't made anew in place: a pip that outlived its backend may still
 * write to it.
 */
async function claimFolder(installFolder: string, version: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const folder = join(installFolder, managedFolderName(version, attempt));
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** In bytes. @throws SparkdeckError where even the smallest install has no room */
async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < leastSpace) throw new SparkdeckError('runtime.install', diskFull(folder));
  return free;
}

/** bytes: what stays of an install from pip's cache of built packages, the least case */
const leastSpace = 6e8;

const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });

/** @returns the file, or '' where it can't be written, as on a full disk */
async function keepLog(installFolder: string, version: string, lines: readonly string[]): Promise<string> {
  const file = join(installFolder, `install-${version}.log`);
  const text = lines.filter(line => !line.startsWith('Progress ')).join('\n');
  return writeFile(file, `${text}\n`).then(
    () => file,
    () => '',
  );
}
