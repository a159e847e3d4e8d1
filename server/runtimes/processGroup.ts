import { startProgram } from '../process/startProgram.ts';

/** How a program ended, and every line that it printed, both streams together. */
export type GroupResult = { exitCode: number | undefined; startFailure?: string; lines: string[] };

/**
 * Runs a program in a process group of its own, so that what it starts (pip builds in child processes) ends with it: on
 * abort, and when this process exits.
 */
export async function runInGroup(
  program: string,
  args: readonly string[],
  options: {
    env: NodeJS.ProcessEnv;
    cwd: string;
    signal: AbortSignal;
    onLine?: (line: string) => void;
  },
): Promise<GroupResult> {
  const { env, cwd, signal, onLine } = options;
  const lines: string[] = [];
  if (signal.aborted) return { exitCode: undefined, lines };
  const child = startProgram(program, args, {
    env,
    extendEnv: false,
    cwd,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  });
  const kill = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  signal.addEventListener('abort', kill);
  process.on('exit', kill);
  try {
    for await (const line of child.iterable({ from: 'all' })) {
      lines.push(line);
      onLine?.(line);
    }
    const result = await child;
    return {
      exitCode: result.exitCode,
      ...(result.exitCode === undefined && !result.signal && { startFailure: result.shortMessage }),
      lines,
    };
  } finally {
    signal.removeEventListener('abort', kill);
    process.off('exit', kill);
  }
}

/** Ends a process group at once; harmless when it has ended. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // ended in the meantime
  }
}
