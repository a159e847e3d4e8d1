import { InvalidArgumentError, Option, type Command } from 'commander';
import { readProperties } from '../../batches/sparkDefaults.ts';
import { SparkdeckError } from '../../protocol/errors.ts';

/** Options of spark-submit that stand for settings, or for files of them. */
export interface SettingOptions {
  packages?: string;
  excludePackages?: string;
  repositories?: string;
  driverJavaOptions?: string;
  driverLibraryPath?: string;
  driverClassPath?: string;
  totalExecutorCores?: string;
  queue?: string;
  principal?: string;
  keytab?: string;
  propertiesFile?: string;
  loadSparkDefaults?: boolean;
}

/** Adds what spark-submit of Spark 3.5 to 4.3 takes beside the fields of a request. */
export function addSparkSubmitOptions(command: Command): Command {
  command
    .option(
      '--packages <list>',
      'Maven packages for driver and executors: GROUP:ARTIFACT:VERSION, comma-separated',
    )
    .option('--exclude-packages <list>', 'what not to fetch along with them: GROUP:ARTIFACT, comma-separated')
    .option('--repositories <list>', 'Maven repositories to look in besides, comma-separated')
    .option('--driver-java-options <options>', "options of the driver's JVM")
    .option('--driver-library-path <paths>', 'folders of native libraries for the driver')
    .option('--driver-class-path <paths>', "paths for the front of the driver's class path")
    .option('--total-executor-cores <number>', 'cores of all executors together, on a standalone cluster')
    .option('--queue <name>', 'the YARN queue')
    .option('--principal <name>', 'the Kerberos principal')
    .option('--keytab <file>', "the file with the principal's key")
    .option('--properties-file <file>', 'a file of settings, in place of spark-defaults.conf')
    .option('--load-spark-defaults', 'with --properties-file: spark-defaults.conf counts too')
    .addOption(new Option('--deploy-mode <mode>').argParser(clientMode).hideHelp());
  for (const [flags, advice] of Object.entries(refused)) {
    command.addOption(new Option(flags).hideHelp());
    const name = flags.split(' ')[0] ?? flags;
    command.on(`option:${name.slice(2)}`, () => command.error(`error: ${name} is not supported. ${advice}`));
  }
  return command;
}

/** The settings that the options stand for; those of a file first, since options go before them. */
export function settingsOf(options: SettingOptions, absolute: (path: string) => string): Settings {
  const named = Object.entries({
    'spark.jars.packages': options.packages,
    'spark.jars.excludes': options.excludePackages,
    'spark.jars.repositories': options.repositories,
    'spark.driver.extraJavaOptions': options.driverJavaOptions,
    'spark.driver.extraLibraryPath': options.driverLibraryPath,
    'spark.driver.extraClassPath': options.driverClassPath,
    'spark.cores.max': options.totalExecutorCores,
    'spark.yarn.queue': options.queue,
    'spark.kerberos.principal': options.principal,
    'spark.kerberos.keytab': options.keytab === undefined ? undefined : absolute(options.keytab),
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    fromFile: options.propertiesFile === undefined ? {} : fileOf(absolute(options.propertiesFile)),
    fromOptions: Object.fromEntries(named),
  };
}

interface Settings {
  fromFile: Record<string, string>;
  fromOptions: Record<string, string>;
}

function fileOf(path: string): Record<string, string> {
  const found = readProperties(path);
  if (found) return found;
  throw new SparkdeckError('file.missing', `The properties file ${path} doesn't exist, or is no file.`);
}

function clientMode(mode: string): string {
  if (mode === 'client') return mode;
  throw new InvalidArgumentError(
    'The driver runs on this machine, where it can be followed to its end and outlives this terminal. Leave --deploy-mode out.',
  );
}

/** What spark-submit has for other work, and what to write in its place. */
const refused: Readonly<Record<string, string>> = {
  '--remote <url>':
    'To use a Spark Connect server, write SparkSession.builder.remote(URL) in the program, and submit that with --master "local[1]".',
  '--proxy-user <name>': 'Programs run as the user who runs Sparkdeck. Submit as that user.',
  '--supervise':
    'A batch is not started again by itself. Leave it out; sparkdeck rerun ID runs a batch again.',
  '--kill [id]': 'Write sparkdeck kill ID, with the number that sparkdeck list shows.',
  '--status [id]': 'Write sparkdeck show ID, with the number that sparkdeck list shows.',
  '--version':
    'Write sparkdeck doctor for the versions of Spark, or sparkdeck --version for that of Sparkdeck.',
};
