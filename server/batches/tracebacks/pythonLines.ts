import { isLogLine } from './logLines.ts';

export const header = 'Traceback (most recent call last):';

export const chainLine =
  /^(?:The above exception was the direct cause of the following|During handling of the above exception, another) exception/;

/** A line without the bars behind which an exception group draws its members. */
export const plain = (line: string | undefined): string => (line ?? '').replace(/^ {2,}[|+] /, '');

/**
 * What a traceback is shown for: `aside` when it ended a thread, a child process or a callback, but not the program;
 * `remote` when it is another process's, quoted; `logged` below the line of a log.
 */
export type PythonContext = 'aside' | 'remote' | 'logged' | undefined;

/** Reads what stands above a traceback. @returns `start`: the first line that belongs to it */
export function contextOf(
  lines: readonly string[],
  at: number,
  lowest: number,
): { context: PythonContext; start: number } {
  const [above = '', second = ''] = [at - 1, at - 2].map(index => (index >= lowest ? lines[index] : ''));
  if (above === '"""' && /\bRemoteTraceback:|\b_RemoteTraceback:/.test(second)) {
    return { context: 'remote', start: at - 2 };
  }
  if (isAside(above)) return { context: 'aside', start: at - 1 };
  // Of asyncio.
  if (/^(?:future|handle|task): </.test(above)) return { context: 'aside', start: Math.max(lowest, at - 2) };
  if (isLogLine(above)) return { context: 'logged', start: at - 1 };
  return { context: undefined, start: at };
}

/** Whether a line says that a traceback below it is not the main program's end. */
export const isAside = (line: string): boolean => asides.test(line);

/** Threads, finalizers, callbacks, children of `multiprocessing`, `socketserver`, `logging` and a failing excepthook. */
const asides =
  /^(?:Exception ignored (?:in|on|while)\b|Exception in thread(?:ing\.excepthook:| .+:)$|Exception occurred during processing of request|Error in (?:atexit\._run_exitfuncs|sys\.excepthook|sys\.unraisablehook):$|Process \S+:$|--- Logging error ---$)/;
