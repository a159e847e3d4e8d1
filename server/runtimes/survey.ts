import { access, constants, readFile, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Finding, RuntimePreference } from '../protocol/runtime.ts';
import { findJavas, inspectJava, type FoundJava, type JavaAnswer } from './javas.ts';
import type { Machine } from './machine.ts';
import { findManaged } from './managedRuntimes.ts';
import { scarceSpace, wantedSpace } from './pipOutput.ts';
import type { ProbeCache } from './probeCache.ts';
import { findPythons, inspectPython, samePython, type FoundPython, type PythonAnswer } from './pythons.ts';
import { findPysparks, inspectSpark, type FoundSpark } from './sparks.ts';

/** Everything that is there, in the order of preference; what a setting names stands first, with source `setting`. */
export type Survey = {
  javas: FoundJava[];
  pythons: FoundPython[];
  sparks: FoundSpark[];
  /** what a setting names and what doesn't serve */
  refusals: { error: SparkdeckError; finding: Finding }[];
  findings: Finding[];
};

export type Surroundings = {
  env: NodeJS.ProcessEnv;
  installFolder: string;
  machine: Machine;
  javaCache: ProbeCache<JavaAnswer>;
  pythonCache: ProbeCache<PythonAnswer>;
};

export async function survey(preference: RuntimePreference, place: Surroundings): Promise<Survey> {
  const { env, machine, installFolder, javaCache, pythonCache } = place;
  const [java, javas, python, pythons, spark, envSpark, managed] = await Promise.all([
    preference.javaHome ? inspectJava(preference.javaHome, env, javaCache) : undefined,
    findJavas({ env, javaFolders: machine.javaFolders, cache: javaCache }),
    preference.python ? inspectPython(preference.python, env, pythonCache) : undefined,
    findPythons(env, pythonCache),
    preference.sparkHome ? inspectSpark(preference.sparkHome) : undefined,
    env.SPARK_HOME ? inspectSpark(env.SPARK_HOME) : undefined,
    findManaged(installFolder, env, pythonCache),
  ]);
  const result: Survey = {
    javas: javas.javas,
    pythons: pythons.pythons,
    sparks: [],
    refusals: [],
    findings: [],
  };
  const refuse = (subject: Finding['subject'], setting: string, reason: string): void => {
    const advice = `Correct the setting ${setting}, or remove it and let Sparkdeck look.`;
    result.refusals.push({
      error: new SparkdeckError('runtime.missing', `${reason} ${advice}`),
      finding: { level: 'error', subject, message: reason, advice },
    });
  };
  const passOver = (subject: Finding['subject'], variable: string, reason: string): void => {
    result.findings.push({
      level: 'warning',
      subject,
      message: `${variable} is passed over. ${reason}`,
      advice: `Correct or unset ${variable}.`,
    });
  };

  if (java && 'java' in java)
    result.javas = [
      { ...java.java, source: 'setting' },
      ...result.javas.filter(other => other.home !== java.java.home),
    ];
  else if (java) refuse('java', 'javaHome', java.reason);
  if (javas.badJavaHome) passOver('java', 'JAVA_HOME', javas.badJavaHome);

  if (python && 'python' in python)
    result.pythons = [
      { ...python.python, source: 'setting' },
      ...result.pythons.filter(other => !samePython(other, python.python)),
    ];
  else if (python) refuse('python', 'python', python.reason);
  if (pythons.badPysparkPython) passOver('python', 'PYSPARK_PYTHON', pythons.badPysparkPython);

  if (spark && 'version' in spark && preference.sparkHome)
    result.sparks.push({ home: preference.sparkHome, version: spark.version, source: 'setting' });
  else if (spark && 'reason' in spark) refuse('spark', 'sparkHome', spark.reason);
  if (envSpark && 'version' in envSpark && env.SPARK_HOME)
    result.sparks.push({ home: env.SPARK_HOME, version: envSpark.version, source: 'SPARK_HOME' });
  else if (envSpark && 'reason' in envSpark) passOver('spark', 'SPARK_HOME', envSpark.reason);
  result.sparks.push(...(await findPysparks(result.pythons)), ...managed.sparks);

  for (const folder of managed.halfMade)
    result.findings.push({
      level: 'info',
      subject: 'spark',
      message: `${folder} holds an install that is under way or was broken off; it isn't used.`,
      advice: 'The next install takes it away.',
    });
  return result;
}

/** Whether managed installs can be made at all; `spaceMatters` when one is about to be. */
export async function folderFindings(
  installFolder: string,
  { spaceMatters }: { spaceMatters: boolean },
): Promise<Finding[]> {
  for (let folder = installFolder; ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK | constants.X_OK);
      const { bavail, bsize } = await statfs(folder);
      if (!spaceMatters || bavail * bsize >= wantedSpace) return [];
      return [{ level: 'warning', subject: 'folder', message: scarceSpace(folder, bavail * bsize) }];
    } catch (error) {
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (absent && dirname(folder) !== folder) continue;
      return [
        {
          level: 'warning',
          subject: 'folder',
          message: `Sparkdeck can't install Spark: it may not write to ${folder}.`,
          advice: 'Make it writable, or set XDG_CACHE_HOME to a folder that is.',
        },
      ];
    }
  }
}

export const osRelease = (machine: Machine): Promise<string> =>
  readFile(machine.osReleaseFile, 'utf8').catch(() => '');
