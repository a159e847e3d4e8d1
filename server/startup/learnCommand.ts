import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Type, type Static } from 'typebox';
import { startProgram } from '../process/startProgram.ts';
import type { Runtime } from '../protocol/runtime.ts';

/** What java is given once spark-submit and Spark's launcher have had their say. */
export const LearnedCommand = Type.Object({
  jvmArguments: Type.Array(Type.String(), {
    description:
      'Up to the main class: the class path, the heap, and what Spark needs opened. Holds one -Xmx.',
  }),
  env: Type.Record(Type.String(), Type.String(), {
    description: 'What the scripts add to the environment or change in it.',
  }),
});
export type LearnedCommand = Static<typeof LearnedCommand>;

export const submitClass = 'org.apache.spark.deploy.SparkSubmit';

/**
 * Has spark-submit make the command line of a driver without running it: its own scripts and launcher, with a stand-in
 * for java. Takes about a second. It gets an environment of next to nothing, so that what it makes holds for everybody.
 * @param folder to work in
 * @throws when it comes out in another form than it has in Spark 3.5 to 4.3
 */
export async function learnCommand(runtime: Runtime, folder: string): Promise<LearnedCommand> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const home = await mkdtemp(join(folder, 'java-'));
  try {
    await mkdir(join(home, 'bin'));
    await copyFile(standIn, join(home, 'bin', 'java'));
    await chmod(join(home, 'bin', 'java'), 0o755);
    const given = {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      SPARK_HOME: runtime.spark.home,
      JAVA_HOME: home,
      [realJava]: join(runtime.java.home, 'bin', 'java'),
    };
    const { stdout } = await startProgram(
      join(runtime.spark.home, 'bin', 'spark-submit'),
      ['--master', 'local', 'probe.py'],
      { env: given, extendEnv: false, stdin: 'ignore', timeout: 60_000 },
    );
    return readLearned(stdout, given);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** @param output what the stand-in printed @param given the environment that spark-submit was called with */
export function readLearned(output: string, given: Readonly<Record<string, string>>): LearnedCommand {
  const [before, after] = output.slice(output.indexOf(mark) + mark.length).split('\0\0');
  const args = before?.split('\0') ?? [];
  const end = args.indexOf(submitClass);
  const jvmArguments = args.slice(0, end);
  const heaps = jvmArguments.filter(argument => argument.startsWith('-Xmx'));
  if (!output.includes(mark) || after === undefined || end < 0 || heaps.length !== 1) {
    throw new Error(`spark-submit made a command line of an unknown form: ${args.join(' ')}`);
  }
  const env: Record<string, string> = {};
  for (const entry of after.split('\0')) {
    const [name = '', ...rest] = entry.split('=');
    const value = rest.join('=');
    if (name !== '' && !ofTheProbe.has(name) && given[name] !== value) env[name] = value;
  }
  return { jvmArguments, env };
}

const mark = 'learned\0';
const realJava = 'SPARKDECK_REAL_JAVA';
/** Of this one call of the shell, or of the stand-in. */
const ofTheProbe: ReadonlySet<string> = new Set([realJava, 'JAVA_HOME', 'PWD', 'OLDPWD', '_', 'SHLVL']);
const standIn = fileURLToPath(new URL('./stand_in_java.sh', import.meta.url));
