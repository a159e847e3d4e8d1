import { constants } from 'node:os';
import { basename } from 'node:path';
import type { SourceFiles } from './sourceFiles.ts';
import { innermost, type DriverError } from './tracebacks/driverError.ts';
import { chainOf, textOf, type JvmError } from './tracebacks/jvm.ts';
import { lastLoggedError } from './tracebacks/logLines.ts';
import { plainText } from './tracebacks/plainText.ts';
import type { PythonError } from './tracebacks/python.ts';
import { findUncaught, type Uncaught } from './tracebacks/uncaught.ts';
import { isUserFile, userFrame, userJvmFrame } from './tracebacks/userCode.ts';
import { wordingOf } from './tracebacks/wording.ts';

/** How a program's processes ended. A shell's code above 128, which is 128 and a signal's number, counts as a signal. */
export interface ProcessEnd {
  exitCode: number | undefined;
  /** "SIGKILL", when it is known from elsewhere. */
  signal?: string | undefined;
}

/**
 * Why a batch ended as it did, in a sentence or two for a person. It has no control characters.
 * @param reported what the Python driver itself reported: the error that ended it first, then those that led to it, and
 * none when it chose its exit code; undefined when there is no report, and the output has to tell
 * @param tails the ends of both streams: a megabyte has the longest stack traces
 */
export function explain(
  end: ProcessEnd,
  tails: { stdout: string; stderr: string },
  sources: SourceFiles,
  reported?: readonly DriverError[],
): string {
  if (end.exitCode === 0) return 'exit code 0';
  const said = { stdout: plainText(tails.stdout), stderr: plainText(tails.stderr) };
  const uncaught = findUncaught(said, end.exitCode, sources, reported);
  const isChosen = reported?.length === 0;
  const reason =
    (isChosen || (reported && end.exitCode === interrupted)
      ? undefined
      : bySignal(end, said.stderr, uncaught, sources)) ??
    (isChosen ? undefined : ofDriverMemory(end, said, uncaught)) ??
    ofLostMaster(said.stderr) ??
    ofSubmit(end, said) ??
    ofPython(end, said.stdout, uncaught, sources) ??
    ofJvm(uncaught) ??
    byLastWords(end, said, uncaught);
  return reason.length > limit ? `${reason.slice(0, limit - 1)}…` : reason;
}

const limit = 600;

/** 128 and the number of SIGINT: so Python ends after a KeyboardInterrupt. */
const interrupted = 130;

/** What signals leave: those that end a process by a fault of its own, or are sent to end it. Other codes are a program's. */
const deadly = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGTERM',
];

function bySignal(
  { exitCode, signal }: ProcessEnd,
  stderr: string,
  uncaught: Uncaught,
  sources: SourceFiles,
): string | undefined {
  const number = exitCode === undefined ? undefined : exitCode - 128;
  const numbers: Record<string, number> = constants.signals;
  const name = signal ?? deadly.find(each => numbers[each] === number);
  if (name === undefined) return undefined;
  const known = numbers[name] === undefined ? name : `${name} (${numbers[name]})`;
  // A program may leave with such a code of its own.
  const text =
    signal === undefined ? `exit code ${exitCode}, as after signal ${known}` : `ended by signal ${known}`;
  const fatal = ofPython({ exitCode }, '', uncaught, sources);
  if (fatal !== undefined) return `${text}: ${fatal}`;
  if (outOfMemory(stderr) !== undefined) return `${text} after it ran out of memory`;
  const crash = /^# +(SIG[A-Z]+) \(0x[0-9a-f]+\) at pc=/m.exec(stderr)?.[1];
  if (crash !== undefined) return `${text}: the Java virtual machine crashed with ${crash}`;
  // Spark repeats it every 15 seconds for as long as it lasts, so it is near the end if it was still so.
  if (/Initial job has not accepted any resources/.test(stderr.slice(-2000))) {
    return `${text} while it waited for resources: no worker had the cores and memory it asks for`;
  }
  const hint = name === 'SIGKILL' ? `${text}: perhaps the machine ran out of memory` : text;
  return signal === undefined ? withLastWords(hint, uncaught) : hint;
}

/** 52 is SparkExitCode.OOM: Spark's handler of uncaught exceptions ends the driver with it. 3 is the JVM's own. */
function ofDriverMemory(
  { exitCode }: ProcessEnd,
  { stdout, stderr }: { stdout: string; stderr: string },
  { jvm }: Uncaught,
): string | undefined {
  const inMain = jvm && chainOf(jvm).find(error => error.type === 'java.lang.OutOfMemoryError');
  const ended =
    exitCode === 3
      ? /^Terminating due to (java\.lang\.OutOfMemoryError.*)/m.exec(stdout + stderr)?.[1]
      : undefined;
  const text = inMain ? textOf(inMain) : (ended ?? (exitCode === 52 ? outOfMemory(stderr) : undefined));
  return text && `The driver ran out of memory (${text}). Give it more: driverMemory.`;
}

/** An error that the JVM shows, with its calls; a program may say the word as well. */
function outOfMemory(stderr: string): string | undefined {
  const shown =
    /^(?:Exception in thread "[^"\n]*" |Caused by: )?(java\.lang\.OutOfMemoryError(?:: .*)?)\n\tat /m;
  const thrown = /^Exception: (java\.lang\.OutOfMemoryError) thrown from the UncaughtExceptionHandler/m;
  const logged = /"class":"(java\.lang\.OutOfMemoryError)"/;
  return [shown, thrown, logged].map(pattern => pattern.exec(stderr)?.[1]).find(found => found !== undefined);
}

function ofLostMaster(stderr: string): string | undefined {
  const why = /^\d\d\/.* Application has been killed\. Reason: (.*)/m.exec(stderr)?.[1];
  if (why === undefined) return undefined;
  if (!why.startsWith('All masters are unresponsive')) return `The cluster ended the application: ${why}`;
  const address = /Failed to connect to master (\S+)/.exec(stderr)?.[1];
  return `No answer from the master${address === undefined ? '' : ` at ${address}`}. Is the cluster still running?`;
}

/** What spark-submit says before the program begins. A program may write such lines too. */
function ofSubmit(
  { exitCode }: ProcessEnd,
  { stdout, stderr }: { stdout: string; stderr: string },
): string | undefined {
  const unstarted =
    exitCode === 126 || exitCode === 127
      ? /(?:^|\n)sparkdeck: (could not .*)\n?$/.exec(stderr)?.[1]
      : undefined;
  if (unstarted !== undefined) return unstarted;
  // Its launcher goes on with how it is used.
  if (/^Usage: spark-submit /m.test(stdout + stderr)) return /^Error: (.+)$/m.exec(stderr)?.[1];
  const className =
    exitCode === 101 ? /^Error: Failed to load class (.+?)\.?$/m.exec(stderr)?.[1] : undefined;
  if (className === undefined) return undefined;
  const jar = /Local jar (.+) does not exist, skipping/.exec(stderr)?.[1];
  return jar === undefined
    ? `Class ${className} is not in the jar, nor in the jars beside it.`
    : `There is no file ${jar}.`;
}

function ofPython(
  { exitCode }: ProcessEnd,
  stdout: string,
  { python: [last] }: Uncaught,
  sources: SourceFiles,
): string | undefined {
  const missing =
    exitCode === 2 ? /^\S*python\S*: can't open file '(.+)': \[Errno 2\]/m.exec(stdout)?.[1] : undefined;
  if (missing !== undefined) return `There is no file ${missing}.`;
  if (!last) return undefined;
  const isUser = (file: string): boolean => isUserFile(file) && sources.find(file) !== undefined;
  const error = innermost(last, isUser);
  const frame = userFrame(error, isUser) ?? userFrame(last.error, isUser);
  const [member] = last.members;
  return (
    withMemoryAdvice(firstLine(error)) +
    (frame ? ` (${basename(frame.file)}:${frame.line})` : '') +
    (member ? `, with ${firstLine(member)}` : '')
  );
}

/** Of the message: where it begins with a line break, the line below. */
function firstLine(error: PythonError): string {
  const [first = '', second = ''] = wordingOf(error).split('\n');
  return (/: *$/.test(first) ? `${first.trimEnd()} ${second.trim()}` : first).trim();
}

function ofJvm({ jvm: uncaught }: Uncaught): string | undefined {
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

function byLastWords({ exitCode }: ProcessEnd, { stderr }: { stderr: string }, uncaught: Uncaught): string {
  if (exitCode === undefined) {
    return 'Its processes are gone and left no exit code: the machine was restarted, or something ended them all with SIGKILL.';
  }
  const text = `exit code ${exitCode}`;
  if (uncaught.lastWords !== undefined) return withLastWords(text, uncaught);
  const logged = lastLoggedError(stderr.split('\n'));
  return logged === undefined ? text : `${text}; the last error in the log was: ${logged}`;
}

function withLastWords(text: string, { lastWords }: Uncaught): string {
  return lastWords === undefined ? text : `${text}; the last line of output was: ${lastWords}`;
}
