import { fileURLToPath } from 'node:url';
import { stayUp } from '../../process/stayUp.ts';
import type { Surroundings } from './cli.ts';

/** The backend's program: a source beside sources, a bundle beside bundles (see scripts/build.ts). */
const backendMain = import.meta.url.endsWith('.ts') ? '../../main.ts' : './backend.mjs';

const exitOfBrokenPipe = 128 + 13;

/** The command line's surroundings in this very process. */
export function processSurroundings(): Surroundings {
  // `sparkdeck list | head` closes our stdout in the middle: an end, not an error.
  const end = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') process.exit(exitOfBrokenPipe);
    throw error;
  };
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) stream.on('error', end);
  const { env } = process;
  return {
    env,
    // npm runs a script in the project's folder and tells in INIT_CWD where the user stands.
    cwd: (env['npm_lifecycle_event'] === 'sparkdeck' && env['INIT_CWD']) || process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    backendProgram: {
      program: process.execPath,
      args: [fileURLToPath(new URL(backendMain, import.meta.url))],
      env,
    },
    stayUp: log => {
      stayUp(log);
      for (const stream of streams) stream.off('error', end);
    },
    onInterrupt: handler => onSignal('SIGINT', handler),
    onTerminate: handler => onSignal('SIGTERM', handler),
  };
}

function onSignal(signal: NodeJS.Signals, handler: () => void): () => void {
  process.on(signal, handler);
  return () => process.off(signal, handler);
}
