import { messageOf } from '../protocol/errors.ts';

/**
 * Has this process, which is a backend's, go on when its output has no reader any more or no room on the disk, when
 * somebody forgot to await, and when a program can't be started. Whatever else was thrown and not caught ends it.
 */
export function stayUp(log: (line: string) => void): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('unhandledRejection', error => log(`unhandled: ${stackOf(error)}`));
  // Nobody knows what state this one is in. The next one takes up everything from the disk.
  process.on('uncaughtException', error => {
    // Nothing was begun, so nothing is half done.
    if (isStartFailure(error)) return log(`a program was not started: ${error.message}`);
    log(`the backend ends, since nothing caught this: ${stackOf(error)}`);
    process.exit(1);
  });
}

/** The event `error` of a child process that never was one. */
function isStartFailure(error: Error): boolean {
  return 'syscall' in error && /^spawn(\s|$)/.test(String(error.syscall));
}

function stackOf(error: unknown): string {
  return (error instanceof Error && error.stack) || messageOf(error);
}
