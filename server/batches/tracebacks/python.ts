import { plainLines } from './plainText.ts';
import { isLogLine } from './logLines.ts';
import { chainLine, contextOf, header, isAside, plain, type PythonContext } from './pythonLines.ts';

/** One exception with its traceback, as CPython prints it (the `traceback` module's format). */
export interface PythonError {
  /** Outermost first. */
  frames: PythonFrame[];
  /** As printed: `ZeroDivisionError`, `pyspark.errors.exceptions.captured.AnalysisException`. */
  type: string;
  /** The message's lines; those of Java's stack that py4j puts into it are left out. */
  message: string[];
  /**
   * How it belongs to the error before it: `after` that one, which led to it; `inside` it, as what a Python worker said
   * stands in the message of PySpark's error; as a `member` of an exception group; or not at all.
   */
  follows: 'after' | 'inside' | 'member' | undefined;
  /** What the line above says: that it ended a thread, was ignored, or was another process's. */
  context: PythonContext;
  /** Index of its first line, the line of the context included. */
  start: number;
  /** Index of the line after its type. What follows there may be its message, or what the program said next. */
  told: number;
  /** Index of the first line after it. */
  end: number;
}

export interface PythonFrame {
  file: string;
  line: number;
  /** The function, or `<module>`; empty where the compiler points at a mistake. */
  name: string;
  /** The source line without its indent, and what is marked in it, in characters counted from 0; when it is printed. */
  source?: { text: string; start: number; end: number };
}

/**
 * Every exception that a text shows, in its order; of very many the last ones. Each line is read once.
 * @param isMessage whether it is a message of PySpark's, which may quote calls without the header
 */
export function readPythonErrors(text: string | readonly string[], isMessage = false): PythonError[] {
  const lines = typeof text === 'string' ? plainLines(text) : text;
  const errors: PythonError[] = [];
  for (let at = 0; at < lines.length;) {
    const before = errors.at(-1) ?? (isMessage ? { ...ofSpark, end: at } : undefined);
    if (!begins(lines, at, before)) {
      at++;
      continue;
    }
    const { error, end } = readError(lines, at, before);
    if (error) errors.push(error);
    if (errors.length > 2 * errorLimit) errors.splice(0, errorLimit);
    at = Math.max(end, at + 1);
  }
  return errors;
}

/** The error in whose message a text stands. */
const ofSpark: PythonError = {
  frames: [],
  type: 'pyspark.errors.PySparkException',
  message: [],
  follows: undefined,
  context: undefined,
  start: 0,
  told: 0,
  end: 0,
};

const errorLimit = 500;
const frameLimit = 1000;
const messageLimit = 20;

const fileLine = /^\s+File "(.+)", line (\d+)(?:, in (.+))?$/;
/** A member of an exception group is drawn behind bars. */
const member = /^ {4,}[|+] /;
const border = /^\s*\+-/;
/** A class may be defined in a class or a function: `Store.Closed`, `load.<locals>.Closed`. */
const exceptionLine = /^([\p{L}_][\p{L}\p{N}_.<>]*)(?:: ?(.*))?$/u;
const syntaxError = /^(?:Syntax|Indentation|Tab)Error\b/;
/** The compiler names the file in the message when it can't read its characters. */
const unreadable = /^SyntaxError: .* in file (.+?) on line (\d+)\b/;
/** What Java adds below the text of a worker. */
const javaLine = /^(?:\s+at |\s+\.\.\. \d+ more|Caused by: |JVM stacktrace:| SQLSTATE: )/;
/** What ends the text of another process's exception. */
const quotes = '"""';
const marks = /^\s+[~^][~^\s]*$/;

/** A mistake of the main file's syntax is shown without the header, as are calls in a message of PySpark's. */
function begins(lines: readonly string[], at: number, before: PythonError | undefined): boolean {
  if (!signs.test(lines[at] ?? '')) return false;
  const line = plain(lines[at]);
  if (line.endsWith(header) || unreadable.test(line)) return true;
  const match = fileLine.exec(line);
  return match !== null && (match[3] === undefined || isQuoted(at, before));
}

/** Most lines are none of these. */
const signs = /Traceback|^[\s|+]+File "|^SyntaxError/;

const isQuoted = (at: number, before: PythonError | undefined): boolean =>
  before !== undefined && at === before.end && isOfSpark(before.type);

const isOfSpark = (type: string): boolean => /^(?:pyspark|py4j)\./.test(type);

function readError(
  lines: readonly string[],
  start: number,
  before: PythonError | undefined,
): { error?: PythonError; end: number } {
  const hasHeader = plain(lines[start]).endsWith(header);
  const { frames, end: at } = readFrames(lines, hasHeader ? start + 1 : start);
  const line = plain(lines[at]);
  const match = exceptionLine.exec(line);
  const isMistake = syntaxError.test(line);
  const unread = isMistake ? unreadable.exec(line) : undefined;
  if (unread && frames.length === 0)
    frames.push({ file: unread[1] ?? '', line: Number(unread[2]), name: '' });
  if (!match || frames.length === 0 || !(hasHeader || isMistake || isQuoted(start, before)))
    return { end: at };
  const { message, end } = readMessage(lines, at + 1, match);
  const first = contextOf(lines, start, before?.end ?? 0);
  const follows = how(lines, start, before);
  const hasLeft = before?.context === 'remote' && lines[before.end] === quotes;
  const context = follows === undefined || hasLeft ? first.context : before?.context;
  return {
    error: { frames, type: match[1] ?? '', message, follows, context, start: first.start, told: at + 1, end },
    end,
  };
}

function readFrames(lines: readonly string[], start: number): { frames: PythonFrame[]; end: number } {
  const frames: PythonFrame[] = [];
  let at = start;
  for (; at < lines.length; at++) {
    const line = plain(lines[at]);
    const match = fileLine.exec(line);
    if (match) {
      // The outermost one tells whether it is the main program's.
      if (frames.length === frameLimit) frames.splice(1, frameLimit / 2);
      frames.push({ file: match[1] ?? '', line: Number(match[2]), name: match[3] ?? '' });
    } else if (/^\s/.test(line) && !line.endsWith(header)) {
      readSource(frames.at(-1), line, plain(lines[at + 1]));
    } else {
      break;
    }
  }
  return { frames, end: at };
}

/** Python 3.11 and later mark in a line below what of the source line it was; a syntax error is marked by all versions. */
function readSource(frame: PythonFrame | undefined, line: string, below: string): void {
  if (!frame || frame.source || !marks.test(below) || marks.test(line)) return;
  const indent = line.length - line.trimStart().length;
  const start = below.search(/[~^]/) - indent;
  if (start < 0) return;
  frame.source = { text: line.trim(), start, end: below.trimEnd().length - indent };
}

function readMessage(
  lines: readonly string[],
  start: number,
  [, type = '', first = '']: RegExpExecArray,
): { message: string[]; end: number } {
  const message = [first];
  let end = start;
  for (; end < lines.length && message.length < messageLimit; end++) {
    const line = plain(lines[end]);
    if (line.trim() === '' || line.endsWith(header) || line === quotes) break;
    if (isAside(line) || isLogLine(line)) break;
    if (border.test(line) || javaLine.test(line) || (isOfSpark(type) && fileLine.test(line))) break;
    message.push(line);
  }
  return { message, end };
}

function how(
  lines: readonly string[],
  start: number,
  before: PythonError | undefined,
): PythonError['follows'] {
  if (!before) return undefined;
  if (member.test(lines[start] ?? '')) return 'member';
  let above = start - 1;
  while (above >= before.end && plain(lines[above]).trim() === '') above--;
  if (above >= before.end && chainLine.test(plain(lines[above]))) return 'after';
  // PySpark's message ends in the header, has it on its next line, or goes on without it.
  const line = plain(lines[start]);
  if (isQuoted(start, before)) return 'inside';
  return isOfSpark(before.type) && line.endsWith(header) && line !== header ? 'inside' : undefined;
}
