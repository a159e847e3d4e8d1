import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../process/startProgram.ts';
import type { Runtime } from '../protocol/runtime.ts';
import { submitClass, type LearnedCommand } from './learnCommand.ts';

/** Milliseconds: two JVMs and a dump, at the lowest priority of a busy machine. */
const stepLimit = 15 * 60_000;

/**
 * Makes an archive of the classes that drivers, executors, masters and workers load, already parsed and verified
 * ("class data sharing", see the documentation of `java`, -XX:SharedArchiveFile). Runs a small application on a cluster
 * within one driver, for whose work there must be a place to write: a home of links instead of Spark's own.
 * @param folder to work in; takes some 200 MB
 * @returns the archive's file
 * @throws when a step fails
 */
export async function trainClasses(
  { runtime, learned, env, signal }: Training,
  folder: string,
): Promise<string> {
  const home = await linkedHome(runtime.spark.home, join(folder, 'home'));
  const [driverList, executorList] = [join(folder, 'driver.lst'), join(folder, 'executor.lst')];
  const properties = join(folder, 'spark.conf');
  await writeFile(properties, '# nothing\n');
  const java = join(runtime.java.home, 'bin', 'java');
  const options = {
    extendEnv: false,
    cwd: folder,
    stdin: 'ignore',
    timeout: stepLimit,
    cancelSignal: signal,
  } as const;
  const given = {
    ...env,
    ...learned.env,
    SPARK_HOME: home,
    JAVA_HOME: runtime.java.home,
    PYSPARK_PYTHON: runtime.python.path,
    SPARK_LOCAL_IP: '127.0.0.1',
    SPARK_LOCAL_DIRS: join(folder, 'scratch'),
  };
  await startProgram(
    'nice',
    [
      ...['-n', '19', java],
      ...learned.jvmArguments.map(argument => argument.replaceAll(runtime.spark.home, home)),
      `-XX:DumpLoadedClassList=${driverList}`,
      submitClass,
      // In place of spark-defaults.conf, which may name listeners, packages and places of the user's.
      ...[
        '--properties-file',
        properties,
        '--master',
        'local-cluster[1,1,1024]',
        '--conf',
        'spark.ui.port=0',
      ],
      ...['--conf', `spark.executor.extraJavaOptions="-XX:DumpLoadedClassList=${executorList}"`],
      ...['--conf', 'spark.eventLog.enabled=true', '--conf', `spark.eventLog.dir=${events(folder)}`],
      fileURLToPath(new URL('./train.py', import.meta.url)),
    ],
    { ...options, env: { ...given, SPARK_CONF_DIR: join(home, 'conf') } },
  );
  const all = join(folder, 'all.lst');
  await writeFile(all, union(await readFile(driverList, 'utf8'), await readFile(executorList, 'utf8')));
  const archive = join(folder, 'classes.jsa');
  await startProgram(
    'nice',
    [
      ...[
        '-n',
        '19',
        java,
        '-Xshare:dump',
        `-XX:SharedClassListFile=${all}`,
        `-XX:SharedArchiveFile=${archive}`,
      ],
      ...learned.jvmArguments,
    ],
    { ...options, env: given },
  );
  return archive;
}

export interface Training {
  runtime: Runtime;
  learned: LearnedCommand;
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** The lines of both, each once. */
export function union(first: string, second: string): string {
  return [...new Set(`${first}\n${second}`.split('\n'))].filter(line => line !== '').join('\n') + '\n';
}

async function linkedHome(sparkHome: string, home: string): Promise<string> {
  await mkdir(home, { recursive: true });
  await mkdir(join(home, '..', 'events'));
  const names = (await readdir(sparkHome)).filter(name => name !== 'work');
  await Promise.all(names.map(name => symlink(join(sparkHome, name), join(home, name))));
  return home;
}

const events = (folder: string): string => `file://${join(folder, 'events')}`;
