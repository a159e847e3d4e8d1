import type { SourceFiles } from '../sourceFiles.ts';
import { chainsOf, type DriverError } from './driverError.ts';
import { readFatalError } from './faulthandler.ts';
import { isGuarded } from './isGuarded.ts';
import { readUncaught, type JvmError } from './jvm.ts';
import { isLogLine, isQuietLogLine, isSparkLogLine } from './logLines.ts';
import { linesOf } from './plainText.ts';
import { readPythonErrors, type PythonError } from './python.ts';

/** Of the end of each stream: as much as the longest stack traces have, and what may come after them. */
export const bytesForErrors = 2 ** 20;

/** What ended a program, of all that its output shows. */
export interface Uncaught {
  /** The one that ended it first, then those that led to it. */
  python: DriverError[];
  jvm: JvmError | undefined;
  /** The last thing that the program said on its own, without exceptions that it showed and went on after. */
  lastWords: string | undefined;
}

/**
 * Finds the exception that ended a program by what is known of the two interpreters: both end with exit code 1 after
 * one. The main program's traceback begins outside of functions, and the lines above tell when Python shows the end of
 * a thread or of a callback. The JVM marks the end of its main thread.
 * @param output as plain text
 * @param reported what a Python driver reported of its end, if it did
 * @param exitCode undefined while the program runs, or when nobody knows
 */
export function findUncaught(
  output: { stdout: string; stderr: string },
  exitCode: number | undefined,
  sources: SourceFiles,
  reported?: readonly DriverError[],
): Uncaught {
  const stdout = linesOf(output.stdout);
  const stderr = linesOf(output.stderr);
  const errors = readPythonErrors(stdout);
  const jvm = !reported && mayBeUncaught(exitCode) ? readUncaught(stderr) : undefined;
  return {
    jvm,
    python: reported ? [...reported] : jvm ? [] : uncaughtPython(stdout, errors, exitCode, sources),
    lastWords: lastWords(stdout, errors) ?? stderr.findLast(isOwn)?.trim().slice(0, longestWords),
  };
}

/** 50 to 53 are those of Spark's own handler of uncaught exceptions (SparkExitCode). */
const mayBeUncaught = (exitCode: number | undefined): boolean =>
  exitCode === undefined || exitCode === 1 || (exitCode >= 50 && exitCode <= 53);

function uncaughtPython(
  lines: readonly string[],
  errors: readonly PythonError[],
  exitCode: number | undefined,
  sources: SourceFiles,
): DriverError[] {
  // An interrupt, 130, ends the main program as an exception.
  if (exitCode !== undefined && exitCode > 128 && exitCode !== 130) {
    const error = readFatalError(lines);
    return error ? [{ error, inside: [], members: [] }] : [];
  }
  if (exitCode !== undefined && exitCode !== 1 && exitCode !== 130) return [];
  const chain = chainsOf(errors).findLast(([head]) => head && isOfMain(head.error));
  return chain && !wentOn(chain, lines, errors, sources) ? chain : [];
}

/** Whether it left the main program. One that a function caught and showed begins in that function. */
function isOfMain({ context, frames }: PythonError): boolean {
  const first = frames.find(frame => !frame.file.startsWith('<frozen '));
  return context !== 'aside' && context !== 'remote' && (first?.name === '<module>' || first?.name === '');
}

/** Whether the main program caught it: it stands in a `try`, and more was said later. */
function wentOn(
  chain: readonly DriverError[],
  lines: readonly string[],
  errors: readonly PythonError[],
  sources: SourceFiles,
): boolean {
  const [head] = chain;
  const told = Math.max(
    ...chain.flatMap(({ error, inside, members }) => [error, ...inside, ...members].map(each => each.told)),
  );
  if (!head || !saysMore(lines, told, errors)) return false;
  const guarded = isGuarded(head.error.frames[0], sources);
  return guarded ?? chain.some(({ error }) => error.context === 'logged');
}

function saysMore(lines: readonly string[], from: number, errors: readonly PythonError[]): boolean {
  const isShown = shownIn(errors);
  return lines.some((line, at) => at >= from && isWords(line) && !isLogLine(line) && !isShown(at));
}

function lastWords(lines: readonly string[], errors: readonly PythonError[]): string | undefined {
  const isShown = shownIn(errors);
  const words =
    lines.findLast((line, at) => isWords(line) && !isShown(at)) ?? lines.findLast(line => line.trim() !== '');
  return words?.trim().slice(0, longestWords);
}

/** Whether a line is one of a traceback. */
function shownIn(errors: readonly PythonError[]): (at: number) => boolean {
  const shown = new Set<number>();
  for (const { start, told } of errors) for (let at = start; at < told; at++) shown.add(at);
  return at => shown.has(at);
}

const longestWords = 200;

const isWords = (line: string): boolean => line.trim() !== '' && !isQuietLogLine(line);

/** Of standard error, which Spark's log and the JVM share: whether the program said it. */
const isOwn = (line: string): boolean => isWords(line) && !isSparkLogLine(line) && !ofJava.test(line);
const ofJava = /^(?:\t|Caused by: |WARNING: Using incubator modules|Using Spark's default log4j profile)/;
