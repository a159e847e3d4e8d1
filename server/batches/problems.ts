import type { Problem } from '../protocol/batch.ts';
import { isLibraryClass } from '../artifacts/libraryPackages.ts';
import { lastChain, innermost, type DriverError } from './tracebacks/driverError.ts';
import { chainOf, readUncaught, textOf, type JvmError, type JvmFrame } from './tracebacks/jvm.ts';
import { readPythonErrors, type PythonFrame } from './tracebacks/python.ts';
import { isUserFile, userFrame, userJvmFrame } from './tracebacks/userCode.ts';
import { wordingOf } from './tracebacks/wording.ts';

/** Looks up a line of a source file, the first is 1; undefined when it can't be had. */
export type SourceLine = (file: string, line: number) => string | undefined;

/**
 * The errors that ended a program, at file and line: the one that ended it first, then those that led to it.
 *
 * Only what ended the program counts: for Python the last traceback of its output, with the ones it is chained to; for
 * a jar what says `Exception in thread "main"`. Traces of what was caught, printed or logged before are no problems, and
 * a program that ended with exit code 0 has none.
 *
 * The place is the deepest call within the user's own code; an error of a task has the place in the user's function,
 * not the one where the result was asked for. A JVM stack trace names files without their folders: there `file` is the
 * package's path and the file's name, `com/example/Foo.scala`.
 *
 * @param output the ends of both streams, a megabyte at most
 * @param end what is known of the end; leave it out while the program runs
 * @param sourceLine gives columns their place: tracebacks leave out the indent of the lines that they quote
 * @param python the errors of a Python driver, the one that ended it first
 */
export function findProblems(
  output: { stdout: string; stderr: string },
  end: { exitCode?: number | undefined } = {},
  sourceLine: SourceLine = () => undefined,
  python: readonly DriverError[] = lastChain(readPythonErrors(output.stdout)),
): Problem[] {
  if (end.exitCode === 0) return [];
  const problems = [
    ...python.flatMap(each => pythonProblem(each, sourceLine)),
    ...jvmProblems(readUncaught(output.stderr)),
  ];
  const places = new Map(
    problems.map(problem => [`${problem.file}:${problem.line}:${problem.message}`, problem]),
  );
  return [...places.values()].slice(0, limit);
}

const limit = 20;
const frameLimit = 50;

function pythonProblem(each: DriverError, sourceLine: SourceLine): Problem[] {
  const error = innermost(each);
  const frame = userFrame(error) ?? userFrame(each.error);
  if (!frame) return [];
  const calls = error === each.error ? error.frames : [...each.error.frames, ...error.frames];
  return [
    {
      file: frame.file,
      line: frame.line,
      ...columns(frame, sourceLine),
      message: shorten(wordingOf(error)),
      frames: withoutRepeats(calls.filter(call => isUserFile(call.file))).map(({ file, line, name }) => ({
        file,
        line,
        name,
      })),
    },
  ];
}

/** Nothing when the file isn't what it was when it ran. */
function columns(
  { file, line, source }: PythonFrame,
  sourceLine: SourceLine,
): Pick<Problem, 'column' | 'endColumn'> {
  const text = source && sourceLine(file, line);
  if (text === undefined || text.trim() !== source?.text) return {};
  const indent = text.length - text.trimStart().length;
  // Python counts characters; columns, as editors have them, count UTF-16 units.
  const units = (characters: number): number => Array.from(source.text).slice(0, characters).join('').length;
  return { column: 1 + indent + units(source.start), endColumn: 1 + indent + units(source.end) };
}

function jvmProblems(uncaught: JvmError | undefined): Problem[] {
  return (uncaught ? chainOf(uncaught) : []).flatMap(error => {
    const frame = userJvmFrame(error);
    if (!frame) return [];
    return [
      {
        file: pathOf(frame),
        line: frame.line,
        message: shorten(textOf(error)),
        frames: error.frames
          .filter(call => !isLibraryClass(call.className))
          .toReversed()
          .slice(-frameLimit)
          .map(call => ({ file: pathOf(call), line: call.line, name: `${call.className}.${call.method}` })),
      },
    ];
  });
}

function pathOf({ className, file }: JvmFrame): string {
  const packages = className.split('.').slice(0, -1);
  return [...packages, file].join('/');
}

/** A frame may be named by the driver and again by the worker's traceback in the message. */
function withoutRepeats(frames: readonly PythonFrame[]): PythonFrame[] {
  return frames
    .filter((frame, at) => {
      const before = frames[at - 1];
      return frame.file !== before?.file || frame.line !== before.line || frame.name !== before.name;
    })
    .slice(-frameLimit);
}

/** One or a few lines. */
function shorten(text: string): string {
  const lines = text.trimEnd().split('\n').slice(0, 5).join('\n');
  return lines.length > 1000 ? `${lines.slice(0, 999)}…` : lines;
}
