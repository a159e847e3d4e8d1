import { Command, CommanderError } from 'commander';
import { messageOf, SparkdeckError, type ErrorCode } from '../../protocol/errors.ts';
import { productVersion } from '../../protocol/version.ts';
import { Cli, type Surroundings } from './cli.ts';
import { commandTable } from './commandTable.ts';
import { Output } from './output.ts';

const exitOfFailure = 1;
const exitOfUsage = 2;

/** Runs one command line (without the program's name) and returns the exit code for the process. */
export async function runCli(args: string[], surroundings: Surroundings): Promise<number> {
  const cli = new Cli(surroundings);
  try {
    await buildProgram(cli).parseAsync(args, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // A command is missing: commander has printed the help in place of an error.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitOfUsage;
    const failure = describe(error);
    const output = new Output(surroundings.stdout, surroundings.stderr, args.includes('--json'));
    await output.document({ error: { code: failure.code, message: failure.message } });
    await output.note(`${output.notePaint('red', 'Error:')} ${failure.message}`);
    if (failure.hint) await output.note(failure.hint);
    return failure.exitCode;
  }
}

export function buildProgram(cli: Cli): Command {
  const program = new Command('sparkdeck')
    .description('Submit a file to Apache Spark and watch it run.')
    .version(productVersion, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    // What stands after the FILE of `submit` belongs to the program that is submitted.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: text => void cli.surroundings.stdout.write(text),
      writeErr: text => void cli.surroundings.stderr.write(text),
      // Errors are thrown, and printed once in runCli.
      outputError: () => undefined,
    })
    .addHelpText('after', '\nEach command has its own help: sparkdeck submit --help');
  cli.withCommonOptions(program);
  for (const add of commandTable) add(program, cli);
  return program;
}

function describe(error: unknown): { code: ErrorCode; message: string; exitCode: number; hint?: string } {
  if (error instanceof CommanderError) {
    const sentence = error.message.replace(/^error: /, '');
    return {
      code: 'request.invalid',
      message: sentence.charAt(0).toUpperCase() + sentence.slice(1),
      exitCode: exitOfUsage,
      hint: 'See sparkdeck --help, or --help after a command.',
    };
  }
  const code = error instanceof SparkdeckError ? error.code : 'internal';
  return { code, message: messageOf(error), exitCode: exitOfFailure };
}
