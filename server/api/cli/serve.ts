import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { connectBackend } from '../../client/connectBackend.ts';
import { SparkdeckError } from '../../protocol/errors.ts';
import type { Backend, BackendOptions } from '../../backend.ts';
import { checkHttpOptions } from '../http/httpOptions.ts';
import { portNumber } from './argumentParsers.ts';
import type { Cli, CliCommand } from './cli.ts';

/** How long a backend that was started by the way may take to make room, in milliseconds. */
const takeOverLimit = 30_000;

interface ServeOptions {
  port?: number;
  host: string;
  auth: boolean;
  tlsCert?: string;
  tlsKey?: string;
}

export const serve: CliCommand = (parent, cli) => {
  const command = parent
    .command('serve')
    .description('run the backend in the foreground, until Ctrl-C; clusters and batches go on after it')
    .option('--port <port>', 'answer over HTTP as well, at this port; 0 for a free one', portNumber)
    .option('--host <host>', 'the address for that; 0.0.0.0 for all that the machine has', '127.0.0.1')
    .option('--no-auth', 'without tokens: everyone on this machine is the owner')
    .option('--tls-cert <file>', 'a certificate in PEM, for HTTPS')
    .option('--tls-key <file>', "the certificate's key in PEM");
  cli.withCommonOptions(command).action(async () => {
    const dataFolder = cli.dataFolder(command);
    const output = cli.output(command);
    const http = httpOptions(command, cli);
    const log = (line: string): void => void output.log(`${new Date().toISOString()} ${line}`);
    cli.surroundings.stayUp(log);
    const backend = await start(dataFolder, {
      dataFolder,
      env: cli.surroundings.env,
      idleLimit: Infinity,
      http,
      log,
    });
    const stopListening = [cli.surroundings.onInterrupt, cli.surroundings.onTerminate].map(listen =>
      listen(() => backend.stop()),
    );
    const { address } = backend;
    await output.event({ serving: dataFolder, ...(address !== undefined && { address }) });
    const at = address === undefined ? '' : ` at ${address}`;
    await output.print(`The backend serves ${dataFolder}${at}. Ctrl-C stops it; clusters and batches go on.`);
    if (http?.auth)
      await output.note('Who comes needs a token: sparkdeck tokens create --team TEAM --role submitter');
    await backend.left;
    for (const stop of stopListening) stop();
  });
};

/** @throws SparkdeckError request.invalid for options that don't fit together */
function httpOptions(command: Command, cli: Cli): BackendOptions['http'] {
  const { port, host, auth, tlsCert, tlsKey } = command.opts<ServeOptions>();
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new SparkdeckError('request.invalid', 'Give both --tls-cert and --tls-key, or neither.');
  }
  if (port === undefined) {
    if (auth && tlsCert === undefined && command.getOptionValueSource('host') === 'default') return undefined;
    throw new SparkdeckError('request.invalid', 'To serve over HTTP, say at which port: --port 8998');
  }
  const tls = tlsCert !== undefined &&
    tlsKey !== undefined && { cert: cli.absolute(tlsCert), key: cli.absolute(tlsKey) };
  checkHttpOptions({ host, auth });
  return { port, host, auth, ...(tls && { tls }) };
}

/**
 * Starts the backend in this process. One that an editor or a command started by the way makes room: whoever is connected
 * comes back to this one. One that somebody else serves stays.
 */
async function start(dataFolder: string, options: BackendOptions): Promise<Backend> {
  // Loaded here, because no other command needs the backend's own code.
  const { startBackend } = await import('../../backend.ts');
  for (const limit = performance.now() + takeOverLimit; performance.now() < limit; await delay(10)) {
    const backend = await startBackend(options);
    if (backend) return backend;
    await askToLeave(dataFolder);
  }
  throw new SparkdeckError(
    'backend.unreachable',
    `Another backend serves ${dataFolder} and makes no room. Stop it first: sparkdeck stop`,
  );
}

async function askToLeave(dataFolder: string): Promise<void> {
  const client = await connectBackend({ dataFolder }).catch(unlessUnreachable);
  // It may leave in the middle of a question.
  const status = await client?.request('backend/status', {}).catch(unlessUnreachable);
  if (status?.foreground) {
    client?.close();
    throw new SparkdeckError(
      'backend.unreachable',
      `Another backend already serves ${dataFolder} (process ${status.pid}). Stop it first: sparkdeck stop`,
    );
  }
  await client?.request('backend/stop', {}).catch(unlessUnreachable);
  await client?.closed;
}

function unlessUnreachable(error: unknown): undefined {
  if (error instanceof SparkdeckError && error.code === 'backend.unreachable') return undefined;
  throw error;
}
