import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BatchRequest } from '../protocol/batch.ts';
import type { Command } from '../process/launch.ts';
import { submitClass } from './learnCommand.ts';
import type { WarmWish } from './warmDrivers.ts';

/** Why a batch can't run in a driver that was started before it; undefined when it can. */
export function whyCold(request: BatchRequest, conf: Readonly<Record<string, string>>): string | undefined {
  if (!request.file.endsWith('.py')) return 'a jar is loaded as its driver starts';
  if (/^\w+:/.test(request.file)) return 'the file is fetched as its driver starts';
  if (Object.keys(request.environment ?? {}).length > 0) return 'it has an environment of its own';
  const list = (['jars', 'pyFiles', 'archives'] as const).find(name => (request[name] ?? []).length > 0);
  if (list) return `it has ${list}`;
  const setting = Object.keys(conf).find(name => readAtStart.some(prefix => name.startsWith(prefix)));
  return setting && `${setting} is read as its driver starts`;
}

/** What the JVM, or something in it that is made once, reads and keeps. */
const readAtStart = [
  'spark.archives',
  'spark.driver.user',
  'spark.extraListeners',
  'spark.hadoop.',
  'spark.io.encryption',
  'spark.jars',
  'spark.kerberos',
  'spark.local.dir',
  'spark.log',
  'spark.metrics',
  'spark.network.crypto',
  'spark.plugins',
  'spark.pyspark.',
  'spark.security',
  'spark.sql.broadcastExchange.maxThreadThreshold',
  'spark.sql.catalog',
  'spark.sql.codegen.cache',
  'spark.sql.extensions',
  'spark.sql.hive',
  'spark.sql.queryExecutionListeners',
  'spark.sql.streaming.streamingQueryListeners',
  'spark.sql.subquery.maxThreadThreshold',
  'spark.sql.warehouse',
  'spark.ssl',
  'spark.submit.pyFiles',
];

/**
 * By what a driver is as good as another: everything that is fixed once its JVM runs, how fast it does so aside.
 * @param cores `spark.driver.cores`, which becomes OMP_NUM_THREADS
 * @param files of the runtime that it may have read by now, with their times
 */
export function warmKey(
  { program, args, env, workingFolder }: Command,
  cores: string | undefined,
  files: string,
): string {
  const { [scratch]: _, ...others } = env;
  const variables = Object.entries(others).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const jvm = args.slice(0, args.indexOf(submitClass)).filter(argument => !argument.startsWith('-X'));
  const heap = args.find(argument => argument.startsWith('-Xmx'));
  const fixed = [program, jvm, heap, variables, workingFolder, cores, files];
  return createHash('sha256').update(JSON.stringify(fixed)).digest('hex');
}

/**
 * A driver like this one, for a batch that is yet to come.
 * @param direct the driver's own command @param heap bytes
 */
export function wishFor(
  direct: Command,
  { key, heap, cores }: { key: string; heap: number; cores: string | undefined },
): WarmWish {
  const jvm = direct.args.slice(0, direct.args.indexOf(submitClass) + 1);
  return {
    key,
    heap,
    command: (folder, socket) => ({
      ...direct,
      args: [
        ...jvm,
        ...['--name', 'warm-up'],
        ...(cores === undefined ? [] : ['--driver-cores', cores]),
        ...[script, socket, folder],
      ],
      env: { ...direct.env, [scratch]: join(folder, 'scratch') },
    }),
  };
}

const scratch = 'SPARK_LOCAL_DIRS';
const script = fileURLToPath(new URL('./warm_driver.py', import.meta.url));
