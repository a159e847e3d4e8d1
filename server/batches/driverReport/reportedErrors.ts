import { resolve } from 'node:path';
import type { DriverError } from '../tracebacks/driverError.ts';
import { plainText } from '../tracebacks/plainText.ts';
import { readPythonErrors, type PythonError, type PythonFrame } from '../tracebacks/python.ts';
import { isUserFile } from '../tracebacks/userCode.ts';
import type { DriverReport, ReportedError } from './driverReport.ts';

type ReportedFrame = ReportedError['frames'][number];

/** As in `findProblems`. */
export type SourceLine = (file: string, line: number) => string | undefined;

/**
 * The errors of a report as the text of a traceback would give them: the one that ended the program first, then those
 * that led to it. What a Python worker or another process said stands as text in a message, and is read from there.
 * @param sourceLine gives columns their place
 */
export function reportedErrors(
  { cwd, errors }: DriverReport,
  sourceLine: SourceLine = () => undefined,
): DriverError[] {
  // A script that runpy runs may be named from where the program began.
  const absolute = (file: string): string => (file.startsWith('<') ? file : resolve(cwd, file));
  const found: DriverError[] = [];
  for (const reported of errors) {
    const last = found.at(-1);
    // As the cause, multiprocessing and concurrent.futures hang the other process's traceback on.
    if (last && /^_?RemoteTraceback$/.test(reported.type))
      last.inside.push(...readPythonErrors(reported.message));
    else
      found.push({ error: toError(reported, absolute, sourceLine), inside: quoted(reported), members: [] });
  }
  return found;
}

function mistakeOf(
  syntax: NonNullable<ReportedError['syntax']>,
  file: string,
  sourceLine: SourceLine,
): PythonFrame {
  return { file, line: syntax.line, name: '', ...markOf(syntax, sourceLine(file, syntax.line)) };
}

function toError(
  { module, type, message, notes, frames, syntax }: ReportedError,
  absolute: (file: string) => string,
  sourceLine: SourceLine,
): PythonError {
  // Only there a problem can be, and no other file is read.
  const place = frames.findLastIndex(frame => isUserFile(frame.file));
  const calls = frames.map((frame, at) => {
    const file = absolute(frame.file);
    const source = at === place ? sourceOf(frame, sourceLine(file, frame.line)) : {};
    return { file, line: frame.line, name: frame.name, ...source };
  });
  const mistake: PythonFrame[] = syntax ? [mistakeOf(syntax, absolute(syntax.file), sourceLine)] : [];
  return {
    frames: [...calls, ...mistake],
    type: module === 'builtins' || module === '__main__' ? type : `${module}.${type}`,
    message: [...headOf(message), ...notes.flatMap(note => plainText(note).split('\n'))].slice(
      0,
      messageLimit,
    ),
    follows: undefined,
    context: undefined,
    start: 0,
    told: 0,
    end: 0,
  };
}

const messageLimit = 20;

/** Only PySpark and Py4J quote other errors in their messages; any other text is the program's own. */
function quoted({ module, message }: ReportedError): PythonError[] {
  return /^(?:pyspark|py4j)\./.test(module) ? readPythonErrors(message, true) : [];
}

/** A message without what Java and workers add below it. */
function headOf(message: string): string[] {
  const lines = plainText(message).split('\n', messageLimit);
  const end = lines.findIndex(
    (line, at) =>
      at > 0 && (line.trim() === '' || line.endsWith(header) || callLine.test(line) || javaLine.test(line)),
  );
  return end < 0 ? lines : lines.slice(0, end);
}

const header = 'Traceback (most recent call last):';
const javaLine = /^(?:\s+at |\s+\.\.\. \d+ more|Caused by: |JVM stacktrace:| SQLSTATE: )/;
const callLine = /^\s+File ".+", line \d+, in /;

function sourceOf({ bytes }: ReportedFrame, line: string | undefined): Pick<PythonFrame, 'source'> {
  const [start, end] = bytes ?? [];
  if (line === undefined || start === undefined || end === undefined) return {};
  const utf8 = Buffer.from(line);
  if (start < 0 || end > utf8.length) return {};
  const characters = (at: number): number => Array.from(utf8.toString('utf8', 0, at)).length;
  return within(line, characters(start), characters(end));
}

function markOf(
  { column, endColumn }: NonNullable<ReportedError['syntax']>,
  line: string | undefined,
): Pick<PythonFrame, 'source'> {
  if (column === undefined || line === undefined) return {};
  return within(line, column - 1, (endColumn ?? column + 1) - 1);
}

/** A source's places count from where its indent ends. */
function within(line: string, start: number, end: number): Pick<PythonFrame, 'source'> {
  const indent = line.length - line.trimStart().length;
  if (start < indent || end <= start) return {};
  return { source: { text: line.trim(), start: start - indent, end: end - indent } };
}
