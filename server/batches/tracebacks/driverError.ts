import type { PythonError } from './python.ts';
import { userFrame, type IsUserFile } from './userCode.ts';

/** An error of the driver's Python, with what a Python worker said inside its message, and the members of a group. */
export interface DriverError {
  error: PythonError;
  inside: PythonError[];
  members: PythonError[];
}

/**
 * The errors of an output that hang together, in its order. Of each chain the one that was raised last comes first, then
 * those that led to it.
 */
export function chainsOf(errors: readonly PythonError[]): DriverError[][] {
  const chains: DriverError[][] = [];
  for (const error of errors) {
    const chain = chains.at(-1);
    const last = chain?.at(-1);
    // A chain of the worker's stands in the message too. The driver's begin in the main file, outside of functions.
    const inWorker =
      error.follows === 'after' && (last?.inside.length ?? 0) > 0 && error.frames[0]?.name !== '<module>';
    if (last && (error.follows === 'inside' || inWorker)) last.inside.push(error);
    else if (last && error.follows === 'member') last.members.push(error);
    else if (chain && error.follows === 'after') chain.push({ error, inside: [], members: [] });
    else chains.push([{ error, inside: [], members: [] }]);
  }
  return chains.map(chain => withRemote(chain).toReversed());
}

/** The last of these chains. Empty when there is none. */
export function lastChain(errors: readonly PythonError[]): DriverError[] {
  return chainsOf(errors).at(-1) ?? [];
}

/** What really went wrong: the worker's error if it is in the user's code, otherwise the driver's. */
export function innermost({ error, inside }: DriverError, isUser?: IsUserFile): PythonError {
  return inside.findLast(each => userFrame(each, isUser) !== undefined) ?? error;
}

/** `multiprocessing` shows a child's exception twice: as the child saw it, and then where its result was asked for. */
function withRemote(chain: readonly DriverError[]): DriverError[] {
  const at = chain.findLastIndex(({ error }) => error.context === 'remote');
  const [remote, asked] = [chain[at], chain[at + 1]];
  if (!remote || remote.error.type !== asked?.error.type) return [...chain];
  const whole = { ...asked, inside: [remote.error, ...asked.inside] };
  return [...chain.slice(0, at), whole, ...chain.slice(at + 2)];
}
