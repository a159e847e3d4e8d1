import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const cliMain = fileURLToPath(new URL('../../server/api/cli/main.ts', import.meta.url));

export interface CliRun {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** The command line in a process of its own, as a user runs it. */
export class CliProcess {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #ended: Promise<unknown>;

  constructor(args: string[], options: { env: NodeJS.ProcessEnv; cwd?: string }) {
    this.child = spawn(process.execPath, [cliMain, ...args], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#ended = once(this.child, 'close');
  }

  async ended(): Promise<CliRun> {
    await this.#ended;
    return { exitCode: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  /** Settles when stdout has it; fails when the process ends before. */
  async untilStdout(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stdout)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`It ended before stdout had ${String(pattern)}:\n${this.stdout}\n${this.stderr}`);
      }
      await Promise.race([this.#ended, once(this.child.stdout ?? this.child, 'data')]);
    }
  }
}

export function runCliProcess(
  args: string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string },
): Promise<CliRun> {
  return new CliProcess(args, options).ended();
}
