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
   * stands in the message of PySpark's error, or as a member of a group; or not at all.
   */
  follows: 'after' | 'inside' | undefined;
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

/** Every exception that a text shows, in its order. */
export function readPythonErrors(text: string): PythonError[] {
  const lines = text.split(/\r?\n/);
  const errors: PythonError[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!begins(lines, at)) continue;
    const error = readError(lines, at, how(lines, at, errors.at(-1)));
    if (!error) continue;
    errors.push(error);
    at = error.end - 1;
  }
  return errors;
}

const header = 'Traceback (most recent call last):';
const fileLine = /^\s+File "(.+)", line (\d+)(?:, in (.+))?$/;
/** A member of an exception group is drawn behind bars. */
const bars = /^ {2,}[|+] /;
const member = /^ {4,}\| /;
const border = /^\s*\+-/;
const exceptionLine = /^([\p{L}_][\p{L}\p{N}_.]*)(?:: ?(.*))?$/u;

const plain = (line: string | undefined): string => (line ?? '').replace(bars, '');

/** A mistake of the main file's syntax is shown without the header. */
function begins(lines: readonly string[], at: number): boolean {
  const line = plain(lines[at]);
  if (line.endsWith(header)) return true;
  const match = fileLine.exec(line);
  return match !== null && match[3] === undefined;
}

function how(lines: readonly string[], at: number, before: PythonError | undefined): PythonError['follows'] {
  if (!before) return undefined;
  const between = lines.slice(before.end, at).filter(line => plain(line).trim() !== '');
  if (chain.test(plain(between.at(-1)))) return 'after';
  if (member.test(lines[at] ?? '')) return 'inside';
  // PySpark's message ends in the header, or has it on its next line.
  const quotes = /^(?:pyspark|py4j)\./.test(before.type);
  const line = plain(lines[at]);
  return quotes && line.endsWith(header) && (line !== header || at === before.end) ? 'inside' : undefined;
}

const chain =
  /^(?:The above exception was the direct cause of the following|During handling of the above exception, another) exception/;

function readError(
  lines: readonly string[],
  start: number,
  follows: PythonError['follows'],
): PythonError | undefined {
  const frames: PythonFrame[] = [];
  let at = plain(lines[start]).endsWith(header) ? start + 1 : start;
  for (; at < lines.length; at++) {
    const line = plain(lines[at]);
    const match = fileLine.exec(line);
    if (match) {
      frames.push({ file: match[1] ?? '', line: Number(match[2]), name: match[3] ?? '' });
    } else if (/^\s/.test(line)) {
      readSource(frames.at(-1), line, plain(lines[at + 1]));
    } else {
      break;
    }
  }
  const match = exceptionLine.exec(plain(lines[at]));
  if (!match || frames.length === 0) return undefined;
  const message = [match[2] ?? ''];
  let end = at + 1;
  for (; end < lines.length && message.length < messageLimit; end++) {
    const line = plain(lines[end]);
    if (line.trim() === '' || line.endsWith(header) || border.test(line) || javaLine.test(line)) break;
    message.push(line);
  }
  return { frames, type: match[1] ?? '', message, follows, end };
}

const messageLimit = 20;
/** What Java adds below the text of a worker. */
const javaLine = /^(?:\s+at |\s+\.\.\. \d+ more|Caused by: |JVM stacktrace:| SQLSTATE: \w+$)/;
const marks = /^\s+[~^][~^\s]*$/;

/** Python 3.11 and later mark in a line below what of the source line it was; a syntax error is marked by all versions. */
function readSource(frame: PythonFrame | undefined, line: string, below: string): void {
  if (!frame || frame.source || !marks.test(below) || marks.test(line)) return;
  const indent = line.length - line.trimStart().length;
  const start = below.search(/[~^]/) - indent;
  if (start < 0) return;
  frame.source = { text: line.trim(), start, end: below.trimEnd().length - indent };
}
