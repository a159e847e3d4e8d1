import { constants } from 'node:os';
import { basename } from 'node:path';
import { innermost, lastChain, type DriverError } from './tracebacks/driverError.ts';
import { chainOf, readUncaught, textOf, type JvmError } from './tracebacks/jvm.ts';
import { readPythonErrors } from './tracebacks/python.ts';
import { userFrame, userJvmFrame } from './tracebacks/userCode.ts';
import { wordingOf } from './tracebacks/wording.ts';

/** How a program's processes ended. A shell's code above 128, which is 128 and a signal's number, counts as a signal. */
export interface ProcessEnd {
  exitCode: number | undefined;
  /** "SIGKILL", when it is known from elsewhere. */
  signal?: string | undefined;
}

/**
 * Why a batch ended as it did, in a sentence or two for a person.
 * @param tails the ends of both streams: some dozen kilobytes have it
 * @param reported what the Python driver itself reported: the error that ended it first, then those that led to it, and
 * none when it chose its exit code; undefined when there is no report, and the output has to tell
 */
export function explain(
  end: ProcessEnd,
  tails: { stdout: string; stderr: string },
  reported?: readonly DriverError[],
): string {
  if (end.exitCode === 0) return 'exit code 0';
  const reason = reported ? byReport(end, tails, reported) : byOutput(end, tails);
  return reason.length > limit ? `${reason.slice(0, limit - 1)}…` : reason;
}

const limit = 600;

function byReport(
  end: ProcessEnd,
  tails: { stdout: string; stderr: string },
  reported: readonly DriverError[],
): string {
  const chosen = reported.length === 0;
  return (
    (chosen || end.exitCode === interrupted ? undefined : bySignal(end, tails.stderr)) ??
    (chosen ? undefined : ofDriverMemory(end, tails)) ??
    ofLostMaster(tails.stderr) ??
    (end.exitCode === 2 ? ofMissingFile(tails.stdout) : undefined) ??
    ofPython(reported) ??
    byLastWords(end, tails)
  );
}

/** 128 and the number of SIGINT: so Python ends after a KeyboardInterrupt. */
const interrupted = 130;

function byOutput(end: ProcessEnd, tails: { stdout: string; stderr: string }): string {
  return (
    bySignal(end, tails.stderr) ??
    ofDriverMemory(end, tails) ??
    ofLostMaster(tails.stderr) ??
    ofSubmit(tails.stderr) ??
    ofMissingFile(tails.stdout) ??
    ofPython(lastChain(readPythonErrors(tails.stdout))) ??
    ofJvm(tails.stderr) ??
    byLastWords(end, tails)
  );
}

function bySignal({ exitCode, signal }: ProcessEnd, stderr: string): string | undefined {
  const number = exitCode !== undefined && exitCode > 128 ? exitCode - 128 : undefined;
  const name = signal ?? Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  if (name === undefined) return undefined;
  const known = Object.entries(constants.signals).find(([each]) => each === name)?.[1];
  const text = `ended by signal ${name}${known === undefined ? '' : ` (${known})`}`;
  if (/OutOfMemoryError/.test(stderr)) return `${text} after it ran out of memory`;
  if (name === 'SIGKILL') return `${text}: perhaps the machine ran out of memory`;
  // Spark repeats it every 15 seconds for as long as it lasts, so it is near the end if it was still so.
  if (/Initial job has not accepted any resources/.test(stderr.slice(-2000))) {
    return `${text} while it waited for resources: no worker had the cores and memory it asks for`;
  }
  return text;
}

/** 52 is SparkExitCode.OOM: Spark's handler of uncaught exceptions ends the driver with it. */
function ofDriverMemory(
  { exitCode }: ProcessEnd,
  tails: { stdout: string; stderr: string },
): string | undefined {
  const main = readUncaught(tails.stderr);
  const inMain = main && chainOf(main).find(error => error.type === 'java.lang.OutOfMemoryError');
  if (exitCode !== 52 && !inMain) return undefined;
  const text =
    /java\.lang\.OutOfMemoryError(?:: .*)?/.exec(tails.stderr)?.[0] ?? 'java.lang.OutOfMemoryError';
  return `The driver ran out of memory (${text}). Give it more: driverMemory.`;
}

function ofLostMaster(stderr: string): string | undefined {
  const why = /Application has been killed\. Reason: (.*)/.exec(stderr)?.[1];
  if (why === undefined) return undefined;
  if (!why.startsWith('All masters are unresponsive')) return `The cluster ended the application: ${why}`;
  const address = /Failed to connect to master (\S+)/.exec(stderr)?.[1];
  return `No answer from the master${address === undefined ? '' : ` at ${address}`}. Is the cluster still running?`;
}

/** What spark-submit says before the program begins. */
function ofSubmit(stderr: string): string | undefined {
  const unstarted = /^sparkdeck: (could not start .*)$/m.exec(stderr)?.[1];
  if (unstarted !== undefined) return unstarted;
  const said = /^Error: (.+)$/m.exec(stderr)?.[1];
  // A program may write such a line too, and then fail with more to say.
  if (said === undefined || readUncaught(stderr)) return undefined;
  const className = /^Failed to load class (.+?)\.?$/.exec(said)?.[1];
  if (className === undefined) return said;
  const jar = /Local jar (.+) does not exist, skipping/.exec(stderr)?.[1];
  return jar === undefined
    ? `Class ${className} is not in the jar, nor in the jars beside it.`
    : `There is no file ${jar}.`;
}

function ofMissingFile(stdout: string): string | undefined {
  const missing = /^\S*python\S*: can't open file '(.+)': \[Errno 2\]/m.exec(stdout)?.[1];
  return missing === undefined ? undefined : `There is no file ${missing}.`;
}

function ofPython([last]: readonly DriverError[]): string | undefined {
  if (!last) return undefined;
  const error = innermost(last);
  const frame = userFrame(error) ?? userFrame(last.error);
  const text = wordingOf(error).split('\n')[0]?.trimEnd() ?? '';
  return withMemoryAdvice(text) + (frame ? ` (${basename(frame.file)}:${frame.line})` : '');
}

function ofJvm(stderr: string): string | undefined {
  const uncaught = readUncaught(stderr);
  if (!uncaught) return undefined;
  const chain = chainOf(uncaught);
  const told = chain.find(error => !isWrapper(error)) ?? uncaught;
  const frame = userJvmFrame(told);
  const text = withMemoryAdvice(textOf(told)) + (frame ? ` (${frame.file}:${frame.line})` : '');
  const advice = adviceOn(told);
  if (advice !== undefined) return `${text}. ${advice}`;
  const root = chain.at(-1);
  const more =
    root && root !== told && !told.message.includes(root.message) ? `, caused by ${textOf(root)}` : '';
  return text + more;
}

/** An exception that only says that there was another one. */
function isWrapper(error: JvmError): boolean {
  const { cause } = error;
  if (!cause) return false;
  return (
    error.message === '' || error.message.startsWith('Job aborted') || error.message.endsWith(textOf(cause))
  );
}

function adviceOn({ type, message }: JvmError): string | undefined {
  if (type === 'java.lang.NoClassDefFoundError' || type === 'java.lang.ClassNotFoundException') {
    return `Add the jar that has the class ${message.replaceAll('/', '.')} to jars.`;
  }
  const versions = /class file version (\d+)\.\d+\).* up to (\d+)\.\d+/.exec(message);
  if (!versions) return undefined;
  // They count from 45, Java 1.1; 61 is Java 17.
  const [built, runs] = [Number(versions[1]) - 44, Number(versions[2]) - 44];
  return `It was compiled for Java ${built}, and Java ${runs} runs it: compile it with --release ${runs}, or choose a newer Java.`;
}

/** An executor ends with SparkExitCode.OOM as well. In local mode the "executor driver" is the driver. */
function withMemoryAdvice(text: string): string {
  if (!/executor (?!driver\b)\S+\): (?:java\.lang\.OutOfMemoryError|.*exited with code 52\b)/.test(text))
    return text;
  return `An executor ran out of memory; give it more: executorMemory. ${text}`;
}

function byLastWords({ exitCode }: ProcessEnd, tails: { stdout: string; stderr: string }): string {
  if (exitCode === undefined) {
    return 'Its processes are gone and left no exit code: the machine was restarted, or something ended them all with SIGKILL.';
  }
  const words = lastLine(tails.stdout);
  return words === undefined
    ? `exit code ${exitCode}`
    : `exit code ${exitCode}; the last line of output was: ${words}`;
}

function lastLine(text: string): string | undefined {
  return text
    .split(/\r?\n/)
    .findLast(line => line.trim() !== '')
    ?.trim()
    .slice(0, 200);
}
