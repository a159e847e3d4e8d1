import { execa } from 'execa';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { VscodeHost } from '../../scripts/vscodeHost.ts';
import { onProcessExit } from './exitCleanup.ts';

export interface WorkbenchServerOptions {
  host: VscodeHost;
  /** Everything the server writes goes here: settings, state, logs. */
  dataFolder: string;
  /** Extensions to load: folders of built ones, which are linked, or VSIX files, which are installed. */
  extensions?: readonly string[];
  /** The user's settings; absent: those of an earlier start stay. */
  settings?: Readonly<Record<string, unknown>>;
  /** Added to this process's environment; the extension sees it. */
  env?: NodeJS.ProcessEnv;
  /** Absent: any free one. */
  port?: number;
  /** Folders are not trusted until somebody says so, as in a user's editor. Otherwise all are. */
  workspaceTrust?: boolean;
  /** For test runs inside the extension host. Hides notifications and refuses modal dialogs. */
  testDriver?: boolean;
}

export interface WorkbenchServer {
  /** `127.0.0.1:PORT`, which VS Code also takes as the name of the remote machine. */
  authority: string;
  /** The page of the workbench, with what the query says: folder, payload. */
  url(query: Readonly<Record<string, string>>): string;
  /** Settles when the server has ended, by itself or by `close`. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/** Settings for a workbench without welcome pages, assistants, telemetry and updates. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.agentHost.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Milliseconds. */
const startLimit = 60_000;
const stopLimit = 5000;

/**
 * Starts VS Code's server on a loopback port that is closed to everybody without the token in the URL.
 * `close` ends it with all its children; so does the end of this process.
 */
export async function openServer(options: WorkbenchServerOptions): Promise<WorkbenchServer> {
  const { dataFolder, host } = options;
  const token = randomBytes(16).toString('hex');
  const tokenFile = join(dataFolder, 'connection-token');
  const logFile = join(dataFolder, 'server.log');
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  // A file, because other users can see the arguments of processes.
  await writeFile(tokenFile, token, { mode: 0o600 });
  await putExtensions(host, dataFolder, options.extensions ?? []);
  if (options.settings) await writeSettings(dataFolder, options.settings);

  const signpost = await openSignpost();
  const server = spawn(
    process.execPath,
    [
      host.serverMain,
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--connection-token-file', tokenFile],
      ...['--server-data-dir', dataFolder, '--extensions-dir', extensionsFolder(dataFolder)],
      ...['--accept-server-license-terms', '--telemetry-level', 'off'],
      ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
      ...(options.testDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, VSCODE_PROXY_URI: signpost.template, ...options.env },
    },
  );
  const callOff = onProcessExit(() => killGroup(server, 'SIGKILL'));
  const ended = once(server, 'exit').then(() => undefined);
  const close = async (): Promise<void> => {
    await stop(server, ended);
    signpost.close();
    callOff();
  };
  try {
    const port = await listeningPort(server, logFile);
    const authority = `127.0.0.1:${port}`;
    const url = (query: Readonly<Record<string, string>>): string =>
      `http://${authority}/?${new URLSearchParams({ tkn: token, ...query }).toString()}`;
    return { authority, url, ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Sends the browser from `/PORT/path` to that port of this machine. This VS Code would have pages of other ports (Spark's)
 * fetched by a proxy that its server doesn't have; the browser is on the same machine and needs none.
 */
async function openSignpost(): Promise<{ template: string; close(): void }> {
  const signpost = createServer((request, response) => {
    const [, port, path] = /^\/(\d+)(\/.*)?$/.exec(request.url ?? '') ?? [];
    if (port === undefined) response.writeHead(404).end();
    else response.writeHead(302, { location: `http://127.0.0.1:${port}${path ?? '/'}` }).end();
  });
  signpost.listen(0, '127.0.0.1').unref();
  await once(signpost, 'listening');
  const address = signpost.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  return {
    template: `http://127.0.0.1:${address.port}/{{port}}/`,
    close: () => {
      signpost.close();
      signpost.closeAllConnections();
    },
  };
}

async function putExtensions(
  host: VscodeHost,
  dataFolder: string,
  extensions: readonly string[],
): Promise<void> {
  const folder = extensionsFolder(dataFolder);
  await mkdir(folder, { recursive: true });
  // The list that VS Code makes of the folder; without it, it looks again.
  await rm(join(folder, 'extensions.json'), { force: true });
  // Links of an earlier start: to another version, or to a checkout that is gone.
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(folder, entry.name));
  }
  for (const extension of extensions) {
    if (extension.endsWith('.vsix')) {
      await execa(process.execPath, [
        host.serverMain,
        ...['--server-data-dir', dataFolder, '--extensions-dir', folder, '--accept-server-license-terms'],
        ...['--install-extension', extension],
      ]);
    } else {
      const manifestFile = join(extension, 'package.json');
      const { publisher, name, version }: Record<string, string> = JSON.parse(
        await readFile(manifestFile, 'utf8'),
      );
      await symlink(extension, join(folder, `${publisher}.${name}-${version}`));
    }
  }
}

function extensionsFolder(dataFolder: string): string {
  return join(dataFolder, 'extensions');
}

/** Those of this machine as well, which is remote to the workbench: paths count there alone. */
async function writeSettings(dataFolder: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const machine = Object.entries(settings).filter(([name]) => name.startsWith('sparkdeck.'));
  for (const [place, values] of [
    ['User', settings],
    ['Machine', Object.fromEntries(machine)],
  ] as const) {
    const folder = join(dataFolder, 'data', place);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'settings.json'), JSON.stringify(values, null, 2));
  }
}

/** The server says its port when it listens; everything it says is kept in the log file. */
async function listeningPort(server: ChildProcess, logFile: string): Promise<number> {
  const log = createWriteStream(logFile);
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (what: string): void =>
      reject(new Error(`VS Code's server ${what}.\n${lines.slice(-5).join('\n')}\nSee ${logFile}.`));
    const timer = setTimeout(() => fail(`did not listen within ${startLimit / 1000} s`), startLimit);
    for (const stream of [server.stdout, server.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', line => {
        log.write(`${line}\n`);
        lines.push(line);
        if (lines.length > 100) lines.shift();
        // It says so and stays.
        if (line.includes('EADDRINUSE')) {
          clearTimeout(timer);
          reject(new Error(`The port is taken: ${line.trim()}. Choose another, or let a free one be found.`));
        }
        const port = /^Extension host agent listening on (\d+)/.exec(line)?.[1];
        if (port) {
          clearTimeout(timer);
          resolve(Number(port));
        }
      });
    }
    server.once('error', error => fail(`can't be started: ${error.message}`));
    server.once('close', (code, signal) => {
      clearTimeout(timer);
      log.end();
      fail(`ended with ${signal ?? `exit code ${code}`}`);
    });
  });
}

async function stop(server: ChildProcess, ended: Promise<void>): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    killGroup(server, 'SIGTERM');
    const timer = setTimeout(() => killGroup(server, 'SIGKILL'), stopLimit);
    await ended;
    clearTimeout(timer);
  }
  // Extension hosts can outlive their server for a moment: nobody needs them any more.
  killGroup(server, 'SIGKILL');
}

function killGroup(server: ChildProcess, signal: NodeJS.Signals): void {
  if (server.pid === undefined) return;
  try {
    process.kill(-server.pid, signal);
  } catch {
    // All of them are gone.
  }
}
