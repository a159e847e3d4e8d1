import { isLogLine, isSparkLogLine } from './logLines.ts';
import { plainLines } from './plainText.ts';

/** An exception with its stack trace, as `Throwable.printStackTrace` prints it. */
export interface JvmError {
  /** Qualified: `java.lang.IllegalStateException`. */
  type: string;
  /** The first line of its message; Spark's messages go on with whole stack traces. */
  message: string;
  /** Innermost first. */
  frames: JvmFrame[];
  cause?: JvmError;
}

export interface JvmFrame {
  /** Qualified, as in `com.example.Outer$Inner`. */
  className: string;
  method: string;
  /** Its name alone: a stack trace doesn't say in which folder. */
  file: string;
  line: number;
}

/**
 * The exception that ended the program's main thread. What a program or Spark logs and goes on after isn't one, nor is
 * the end of another thread. Undefined when there is none. Each line is read once.
 */
export function readUncaught(text: string | readonly string[]): JvmError | undefined {
  const lines = typeof text === 'string' ? plainLines(text) : text;
  let call = lines.length;
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    if (line.startsWith('\tat ')) call = at;
    // The end of a progress bar, or of any line that was not finished, may stand before it.
    const start = line.lastIndexOf(marker);
    if (start === -1) continue;
    if (!isLogLine(line) && hasCalls(lines, at, call)) {
      return readErrorLines([line.slice(start + marker.length), ...lines.slice(at + 1)]);
    }
    call = lines.length;
  }
  return undefined;
}

/** Whether calls follow that are not another exception's: otherwise it is a text about an exception. */
function hasCalls(lines: readonly string[], at: number, call: number): boolean {
  if (call === lines.length || call - at > messageLimit) return false;
  return call === at + 1 || !throwable.test(lines[call - 1] ?? '');
}

const marker = 'Exception in thread "main" ';

/** Reads what begins with an exception's type, as after py4j's ": ". */
export function readError(text: string): JvmError {
  return readErrorLines(plainLines(text));
}

/** The error, what caused it, what caused that, and so on. */
export function chainOf(error: JvmError): JvmError[] {
  const chain: JvmError[] = [];
  for (let each: JvmError | undefined = error; each; each = each.cause) chain.push(each);
  return chain;
}

export const textOf = (error: JvmError): string =>
  error.message === '' ? error.type : `${error.type}: ${error.message}`;

function readErrorLines(lines: readonly string[]): JvmError {
  const errors = [newError(lines[0] ?? '')];
  const [from, to] = traceIn(lines);
  for (let at = from; at < to; at++) {
    const line = lines[at] ?? '';
    const current = errors.at(-1);
    const cause = /^Caused by: (.*)/.exec(line)?.[1];
    if (!current || (cause !== undefined && errors.length === causeLimit)) break;
    if (cause !== undefined) {
      errors.push(newError(cause));
    } else if (!/^\t+(?:at |\.\.\. |Suppressed: )|^\t\tCaused by: /.test(line) && current.frames.length > 0) {
      // Lines of a message look like calls sometimes: Spark quotes the stack of a failed task.
      if (!lines[at + 1]?.startsWith('\tat ') || throwable.test(line)) break;
      current.frames = [];
    } else {
      const frame = readFrame(line);
      if (frame && current.frames.length < frameLimit) current.frames.push(frame);
    }
  }
  return errors.reduceRight((cause, error) => ({ ...error, cause }));
}

/** From the first line below the message of Spark's that quotes a failed task, up to where a log goes on. */
function traceIn(lines: readonly string[]): [from: number, to: number] {
  const over = lines.findIndex((line, at) => at > 0 && isSparkLogLine(line));
  const to = over === -1 ? lines.length : over;
  const own = lines.indexOf('Driver stacktrace:');
  return [own !== -1 && own < to ? own + 1 : 1, to];
}

function newError(head: string): JvmError {
  const match = /^([^\s:]+)(?:: ?(.*))?$/.exec(head);
  return { type: match?.[1] ?? head, message: (match?.[2] ?? '').trim(), frames: [] };
}

function readFrame(line: string): JvmFrame | undefined {
  // One tab: more of them belong to suppressed exceptions. Before a slash stands a module or class loader.
  const match = /^\tat (?:[^\s()]*\/)?([^\s()/]+)\.([^\s().]+)\(([^:()]+):(\d+)\)$/.exec(line);
  if (!match) return undefined;
  return {
    className: match[1] ?? '',
    method: match[2] ?? '',
    file: match[3] ?? '',
    line: Number(match[4]),
  };
}

const frameLimit = 1000;
/** Lines. */
const messageLimit = 200;
const causeLimit = 50;
/** The first line of another exception's trace. */
const throwable = /^(?:[\w$]+\.)+[\w$]*(?:Exception|Error|Throwable|Failure|Fault)[\w$]*(?::|$)/;
