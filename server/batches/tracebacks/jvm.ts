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
 * the end of another thread. Undefined when there is none.
 */
export function readUncaught(text: string): JvmError | undefined {
  const marker = 'Exception in thread "main" ';
  const start = text.lastIndexOf(marker);
  if (start === -1 || (start > 0 && text[start - 1] !== '\n')) return undefined;
  return readError(text.slice(start + marker.length));
}

/** Reads what begins with an exception's type, as after py4j's ": ". */
export function readError(text: string): JvmError {
  const errors = [newError(text.slice(0, endOfLine(text)))];
  for (const line of text.slice(endOfLine(text)).split(/\r?\n/).slice(1)) {
    const current = errors.at(-1);
    if (!current || logLine.test(line)) break;
    const cause = /^Caused by: (.*)/.exec(line)?.[1];
    if (cause !== undefined) {
      errors.push(newError(cause));
    } else if (line === 'Driver stacktrace:') {
      // What was before are the frames of the failed task, which Spark quotes in the message.
      current.frames = [];
    } else {
      const frame = readFrame(line);
      if (frame && current.frames.length < frameLimit) current.frames.push(frame);
    }
  }
  return errors.reduceRight((cause, error) => ({ ...error, cause }));
}

/** The error, what caused it, what caused that, and so on. */
export function chainOf(error: JvmError): JvmError[] {
  return error.cause ? [error, ...chainOf(error.cause)] : [error];
}

export const textOf = (error: JvmError): string =>
  error.message === '' ? error.type : `${error.type}: ${error.message}`;

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

const endOfLine = (text: string): number => {
  const newline = text.indexOf('\n');
  return newline === -1 ? text.length : newline;
};

const frameLimit = 1000;
/** Of Spark's default log pattern: what follows is no longer the stack trace. */
const logLine = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d /;
