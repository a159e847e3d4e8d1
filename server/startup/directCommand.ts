import { join } from 'node:path';
import type { Runtime } from '../protocol/runtime.ts';
import type { Command } from '../process/launch.ts';
import { submitClass, type LearnedCommand } from './learnCommand.ts';

/**
 * The driver's JVM as spark-submit would start it in the end, without the shells and the JVM that come before.
 * @param heap as in `--driver-memory`, "1g"
 * @param options of the JVM, which change how fast it is and nothing else
 */
export function directCommand(submit: Command, { runtime, learned, heap, options }: Direct): Command {
  return {
    program: join(runtime.java.home, 'bin', 'java'),
    args: [
      ...learned.jvmArguments.map(argument => (argument.startsWith('-Xmx') ? `-Xmx${heap}` : argument)),
      ...options,
      submitClass,
      ...submit.args,
    ],
    // As bash has it.
    env: { ...submit.env, ...learned.env, PWD: submit.workingFolder },
    workingFolder: submit.workingFolder,
  };
}

interface Direct {
  runtime: Runtime;
  learned: LearnedCommand;
  heap: string;
  options: readonly string[];
}

/** Spark's own default of `spark.driver.memory`. */
export const defaultHeap = '1g';

/**
 * HotSpot compiles a method once more, and at length, when it was called so and so often; a driver that lives for
 * seconds never earns that back. A hundred times the default: loops that compute are there within a tenth of a second all
 * the same, and a driver or executor that works for long takes no more time for it. And by default the room for what is
 * known of classes begins so small that filling it sets off a collection of the whole heap in the middle of the start.
 */
export const quickStart: readonly string[] = [
  '-XX:Tier4InvocationThreshold=500000',
  '-XX:Tier4MinInvocationThreshold=60000',
  '-XX:Tier4CompileThreshold=1500000',
  '-XX:Tier4BackEdgeThreshold=4000000',
  '-XX:MetaspaceSize=128m',
];
