import { isAbsolute, resolve } from 'node:path';
import type { Command } from 'commander';
import { connectBackend, type BackendProgram } from '../../client/connectBackend.ts';
import { defaultDataFolder } from '../../client/dataFolder.ts';
import { Output, type Terminal } from './output.ts';
import { SteadyBackend } from './steadyBackend.ts';

/** What a process has around it. Tests give their own. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** What relative paths are relative to. */
  cwd: string;
  stdout: Terminal;
  stderr: Terminal;
  /** How the backend is started when none runs. */
  backendProgram: BackendProgram;
  /** Has this process outlive the readers of its output, as a backend does. */
  stayUp: (log: (line: string) => void) => void;
  /** Calls back on each Ctrl-C until the returned function is called. */
  onInterrupt: (handler: () => void) => () => void;
  /** The same for SIGTERM, with which services are stopped. */
  onTerminate: (handler: () => void) => () => void;
}

/** One command: adds itself to its parent. */
export type CliCommand = (parent: Command, cli: Cli) => void;

interface CommonOptions {
  json?: boolean;
  data?: string;
}

/** What every command works with. */
export interface Tools {
  backend: SteadyBackend;
  output: Output;
}

/** The options that all commands share, and the way from a command's options to a backend and an output. */
export class Cli {
  readonly surroundings: Surroundings;
  /** What the process should exit with once the command is through. */
  exitCode = 0;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  /** Adds the options that every command takes. */
  withCommonOptions(command: Command): Command {
    return command
      .option('--json', 'print JSON')
      .option('--data <folder>', 'the data folder (SPARKDECK_HOME, else ~/.local/share/sparkdeck)');
  }

  output(command: Command): Output {
    const { stdout, stderr } = this.surroundings;
    return new Output(stdout, stderr, command.optsWithGlobals<CommonOptions>().json === true);
  }

  dataFolder(command: Command): string {
    const { data } = command.optsWithGlobals<CommonOptions>();
    return data === undefined ? defaultDataFolder(this.surroundings.env) : this.absolute(data);
  }

  /** A path as the user typed it. What Spark reads by itself (hdfs://…, https://…) stays as it is. */
  absolute(path: string): string {
    return isUrl(path) || isAbsolute(path) ? path : resolve(this.surroundings.cwd, path);
  }

  /** Runs a command's work with a backend, which is started if need be. The work returns an exit code, or nothing for 0. */
  async run(command: Command, work: (tools: Tools) => Promise<number | void>): Promise<void> {
    const dataFolder = this.dataFolder(command);
    const start = this.surroundings.backendProgram;
    const backend = new SteadyBackend(() => connectBackend({ dataFolder, start }));
    const output = this.output(command);
    try {
      this.exitCode = (await work({ backend, output })) ?? 0;
    } finally {
      output.live.clear();
      await backend.close();
    }
  }
}

function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\//i.test(path);
}
