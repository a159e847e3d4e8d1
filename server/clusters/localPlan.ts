import { join } from 'node:path';
import { stringify } from 'dot-properties';
import type { ClusterSpec } from '../protocol/cluster.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Runtime } from '../protocol/runtime.ts';
import type { Command } from '../process/launch.ts';
import { bytesOf, formatBytes } from './memory.ts';
import { workerRole } from './workerFolders.ts';

export interface Machine {
  cores: number;
  /** bytes */
  memory: number;
}

/** One process of a cluster: its role is also the name of its folder. */
export interface ClusterProcess {
  role: string;
  folder: string;
  command: Command;
  /** Spark's settings of it, in a file that the command names. */
  propertiesFile: string;
  properties: string;
}

export interface LocalPlan {
  masterUrl: string;
  uiUrl: string;
  master: ClusterProcess;
  workers: ClusterProcess[];
}

/** What the processes of a cluster have in common. */
interface Base {
  env: Readonly<Record<string, string>>;
  jvmOptions: readonly string[];
  /** With which they know one another; none of a cluster without a secret. */
  authentication: Readonly<Record<string, string>>;
}

/** The heap of a master or a worker; executors come on top. */
const daemonMemory = '384m';
const loopback = '127.0.0.1';

/**
 * Refuses a cluster that this machine can't carry. More cores than there are is allowed: Spark's cores are slots for
 * tasks. Memory isn't, unless the workers may promise more together than there is: a worker that promises too much gets
 * its executors killed by the kernel.
 * @throws SparkdeckError cluster.tooBig
 */
export function checkFits(spec: ClusterSpec, machine: Machine): void {
  const worker = bytesOf(spec.workerMemory);
  const wanted = spec.overcommit ? worker : spec.workers * worker;
  if (wanted > machine.memory) {
    const fitting = Math.floor(machine.memory / spec.workers / 2 ** 30 / 1.25);
    throw new SparkdeckError(
      'cluster.tooBig',
      `${spec.workers} × ${spec.workerMemory} of worker memory is more than this machine's ${formatBytes(machine.memory)}. ` +
        (fitting >= 1 ? `Try ${fitting}g a worker, or fewer workers.` : 'Take fewer workers.'),
    );
  }
  if (worker < 512 * 2 ** 20) {
    throw new SparkdeckError(
      'cluster.tooBig',
      `A worker with ${spec.workerMemory} can't host an executor: Spark wants at least 512m. Give it 1g or more.`,
    );
  }
}

/**
 * The command lines of a standalone master and its workers on the loopback address.
 * @param workers their numbers
 */
export function planLocal(
  spec: ClusterSpec,
  runtime: Runtime,
  ports: { master: number; masterUi: number },
  folder: string,
  base: Base,
  workers: readonly number[] = Array.from({ length: spec.workers }, (_, index) => index + 1),
): LocalPlan {
  const masterUrl = `spark://${loopback}:${ports.master}`;
  const daemon = (
    role: string,
    mainClass: string,
    args: string[],
    properties: Readonly<Record<string, string>>,
  ): ClusterProcess => {
    const own = join(folder, role);
    const propertiesFile = join(own, 'spark.conf');
    return {
      role,
      folder: own,
      propertiesFile,
      properties: stringify(
        { ...closedPages, ...base.authentication, ...properties },
        { latin1: true, keySep: '=', lineWidth: null },
      ),
      command: {
        program: join(runtime.spark.home, 'bin', 'spark-class'),
        args: [mainClass, '--host', loopback, '--properties-file', propertiesFile, ...args],
        env: { ...daemonEnv(base, runtime), SPARK_LOCAL_DIRS: join(own, 'scratch') },
        workingFolder: own,
      },
    };
  };
  return {
    masterUrl,
    uiUrl: `http://${loopback}:${ports.masterUi}`,
    master: daemon(
      'master',
      'org.apache.spark.deploy.master.Master',
      ['--port', String(ports.master), '--webui-port', String(ports.masterUi)],
      {
        // Without it a taken port moves the master silently to the next one.
        'spark.port.maxRetries': '0',
        // Spark 4 opens port 6066 for submits over HTTP, which nobody here uses, and which a second cluster on the
        // machine can't have.
        'spark.master.rest.enabled': 'false',
        // A master that fell and is started again finds its workers and applications: they go on.
        'spark.deploy.recoveryMode': 'FILESYSTEM',
        'spark.deploy.recoveryDirectory': join(folder, 'master', 'recovery'),
      },
    ),
    workers: workers.map(number => {
      const role = workerRole(number);
      return daemon(
        role,
        'org.apache.spark.deploy.worker.Worker',
        [
          ...['--webui-port', '0', '--cores', String(spec.workerCores), '--memory', spec.workerMemory],
          ...['--work-dir', join(folder, role, 'work'), masterUrl],
        ],
        {
          // Folders of applications that ended an hour ago are removed, so that a long-lived cluster doesn't fill the disk.
          'spark.worker.cleanup.enabled': 'true',
          'spark.worker.cleanup.interval': '600',
          'spark.worker.cleanup.appDataTtl': '3600',
          // A chatty executor of a long application would fill it too. At most 5 files of 32 MiB for each of its outputs.
          'spark.executor.logs.rolling.strategy': 'size',
          'spark.executor.logs.rolling.maxSize': String(32 * 2 ** 20),
          'spark.executor.logs.rolling.maxRetainedFiles': '4',
        },
      );
    }),
  };
}

/** Their web pages know no users, so they only show: nothing can be killed or decommissioned there. */
const closedPages = {
  'spark.ui.killEnabled': 'false',
  'spark.master.ui.decommission.allow.mode': 'DENY',
};

function daemonEnv(
  { env, jvmOptions }: Omit<Base, 'authentication'>,
  runtime: Runtime,
): Record<string, string> {
  const options = [env['SPARK_DAEMON_JAVA_OPTS'] ?? '', ...jvmOptions.map(option => `"${option}"`)];
  return {
    ...env,
    JAVA_HOME: runtime.java.home,
    SPARK_HOME: runtime.spark.home,
    // Without it they listen on every interface.
    SPARK_LOCAL_IP: loopback,
    SPARK_DAEMON_MEMORY: daemonMemory,
    ...(jvmOptions.length > 0 && { SPARK_DAEMON_JAVA_OPTS: options.filter(Boolean).join(' ') }),
  };
}
