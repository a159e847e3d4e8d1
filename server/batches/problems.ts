import type { Problem } from '../protocol/batch.ts';
import { isLibraryClass } from '../artifacts/libraryPackages.ts';
import type { SourceFiles } from './sourceFiles.ts';
import { innermost, type DriverError } from './tracebacks/driverError.ts';
import { chainOf, textOf, type JvmError, type JvmFrame } from './tracebacks/jvm.ts';
import { plainText } from './tracebacks/plainText.ts';
import type { PythonError, PythonFrame } from './tracebacks/python.ts';
import { findUncaught } from './tracebacks/uncaught.ts';
import { isUserFile, userFrame, userJvmFrame } from './tracebacks/userCode.ts';
import { wordingOf } from './tracebacks/wording.ts';

/**
 * The errors that ended a program, at file and line: the one that ended it first, then those that led to it.
 *
 * Only what ended the program counts. Traces of what was caught, printed or logged before, and of other threads, are no
 * problems (`findUncaught`); a program that ended with exit code 0 has none.
 *
 * The place is the deepest call within the user's own code, in a file that is there; an error of a task has the place in
 * the user's function, not the one where the result was asked for. A JVM stack trace names files without their folders:
 * there `file` is the package's path and the file's name, `com/example/Foo.scala`.
 *
 * @param output the ends of both streams, a megabyte at most
 * @param reported what a Python driver itself reported of its end, which is preferred to its output
 * @param end what is known of the end; leave it out while the program runs
 */
export function findProblems(
  output: { stdout: string; stderr: string },
  end: { exitCode?: number | undefined },
  sources: SourceFiles,
  reported?: readonly DriverError[],
): Problem[] {
  if (end.exitCode === 0) return [];
  const said = { stdout: plainText(output.stdout), stderr: plainText(output.stderr) };
  const { python, jvm } = findUncaught(said, end.exitCode, sources, reported);
  const problems = [...python.flatMap(each => pythonProblems(each, sources)), ...jvmProblems(jvm)];
  const places = new Map(
    problems.map(problem => [`${problem.file}:${problem.line}:${problem.message}`, problem]),
  );
  return [...places.values()].slice(0, limit);
}

const limit = 20;
const frameLimit = 50;

/** The error's, and those of the members of a group. */
function pythonProblems(each: DriverError, sources: SourceFiles): Problem[] {
  const isUser = (file: string): boolean => isUserFile(file) && sources.find(file) !== undefined;
  const error = innermost(each, isUser);
  const calls = error === each.error ? error.frames : [...each.error.frames, ...error.frames];
  const frame = userFrame(error, isUser) ?? userFrame(each.error, isUser);
  return [
    ...(frame ? [problemAt(frame, error, calls, sources)] : []),
    ...each.members.slice(0, limit).flatMap(member => {
      const place = userFrame(member, isUser);
      return place ? [problemAt(place, member, member.frames, sources)] : [];
    }),
  ];
}

function problemAt(
  frame: PythonFrame,
  error: PythonError,
  calls: readonly PythonFrame[],
  sources: SourceFiles,
): Problem {
  const file = sources.find(frame.file) ?? frame.file;
  return {
    file,
    line: frame.line,
    ...columns(file, frame, sources),
    message: shorten(wordingOf(error)),
    frames: withoutRepeats(calls.filter(call => isUserFile(call.file)))
      .flatMap(({ file, line, name }) => {
        const found = sources.find(file);
        return found === undefined ? [] : [{ file: found, line, name }];
      })
      .slice(-frameLimit),
  };
}

/** Nothing when the file isn't what it was when it ran. */
function columns(
  file: string,
  { line, source }: PythonFrame,
  sources: SourceFiles,
): Pick<Problem, 'column' | 'endColumn'> {
  const text = source && sources.line(file, line);
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
