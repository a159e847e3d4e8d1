import type { PythonError } from './python.ts';
import { userFrame } from './userCode.ts';

/** An error of the driver's Python, with what a Python worker said inside its message. */
export interface DriverError {
  error: PythonError;
  inside: PythonError[];
}

/**
 * The last errors of an output that hang together: the one that ended the program first, then those that led to it.
 * Empty when there is none.
 */
export function lastChain(errors: readonly PythonError[]): DriverError[] {
  const chain: DriverError[] = [];
  for (const error of errors) {
    const last = chain.at(-1);
    // A chain of the worker's stands in the message too. The driver's begin in the main file, outside of functions.
    const inWorker =
      error.follows === 'after' && (last?.inside.length ?? 0) > 0 && error.frames[0]?.name !== '<module>';
    if (last && (error.follows === 'inside' || inWorker)) {
      last.inside.push(error);
    } else {
      if (error.follows === undefined) chain.length = 0;
      chain.push({ error, inside: [] });
    }
  }
  return chain.toReversed();
}

/** What really went wrong: the worker's error if it is in the user's code, otherwise the driver's. */
export function innermost({ error, inside }: DriverError): PythonError {
  return inside.findLast(each => userFrame(each) !== undefined) ?? error;
}
