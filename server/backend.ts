import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { Door } from './api/rpc/listen.ts';
import type { HttpDoor } from './api/http/httpDoor.ts';
import type { HttpOptions } from './api/http/httpOptions.ts';
import { createHandlers } from './api/rpc/handlers.ts';
import { Uploads, usualTeamLimit } from './artifacts/uploads.ts';
import { Batches } from './batches/batches.ts';
import { BatchTable } from './batches/batchTable.ts';
import { defaultCacheFolder, makeDataFolder, pidFile, socketPath } from './client/dataFolder.ts';
import { socketAddress } from './client/socketAddress.ts';
import { Clusters } from './clusters/clusters.ts';
import { ClusterTable } from './clusters/clusterTable.ts';
import { LocalProvider } from './clusters/localProvider.ts';
import { messageOf } from './protocol/errors.ts';
import type { BackendStatus } from './protocol/methods.ts';
import { launchMarker } from './protocol/launchMarker.ts';
import { productVersion, protocolVersion } from './protocol/version.ts';
import { visibleText } from './protocol/visibleText.ts';
import { redactText } from './redaction/redactText.ts';
import { Runtimes } from './runtimes/runtimes.ts';
import { Startup } from './startup/startup.ts';
import { faultsFrom } from './process/faults.ts';
import { marksOf } from './process/launch.ts';
import { Changes } from './store/changes.ts';
import { closeDatabase, markFilled, newestRevision, openDatabase } from './store/database.ts';
import { transact } from './store/transact.ts';
import { SettingsTable } from './store/settingsTable.ts';
import { FolderLock } from './store/folderLock.ts';
import { Teams } from './teams/teams.ts';
import { lastRemoval, noteRemoval } from './store/removals.ts';
import { protectDataFolder } from './store/privateFiles.ts';

/** Bytes. */
const largestUpload = 2 * 2 ** 30;

export interface BackendOptions {
  dataFolder: string;
  env: NodeJS.ProcessEnv;
  /** How long it stays with nobody connected and nothing running, in milliseconds. */
  idleLimit: number;
  /** Has it answer over HTTP too. */
  http?: HttpOptions | undefined;
  log: (line: string) => void;
}

export interface Backend {
  /** Where it answers over HTTP. */
  readonly address: string | undefined;
  /** Settles when it has left: asked to, or idle for long. Batches and clusters go on. */
  readonly left: Promise<void>;
  stop(): void;
}

/**
 * Constructs the backend of a data folder and opens its door.
 * @returns undefined when another backend holds the folder
 */
export async function startBackend(options: BackendOptions): Promise<Backend | undefined> {
  // What is logged may quote anything: arguments, names, the output of programs.
  const log = (line: string): void => options.log(visibleText(redactText(line).text));
  const dataFolder = makeDataFolder(options.dataFolder);
  const lock = FolderLock.take(dataFolder);
  if (!lock) return undefined;
  for (const warning of protectDataFolder(dataFolder)) log(`warning: ${warning}`);
  writeFileSync(pidFile(dataFolder), `${process.pid}\n`, { mode: 0o600 });

  const startedAt = Date.now();
  const uploadsFolder = join(dataFolder, 'uploads');
  const env = childEnvironment(options.env);
  const { database, isNew, isAsLeft, notices } = openDatabase(dataFolder);
  for (const notice of notices) log(notice);
  const settings = new SettingsTable(database);
  const changes = new Changes(newestRevision(database));
  const runtimes = new Runtimes({ env, installFolder: join(defaultCacheFolder(options.env), 'runtimes') });
  const resolveRuntime = runtimes.resolve.bind(runtimes);
  const machine = { cores: availableParallelism(), memory: totalmem() };
  const startup = new Startup({
    cacheFolder: join(defaultCacheFolder(options.env), 'startup'),
    folder: join(dataFolder, 'warm'),
    socketFile: join(dataFolder, 'warm', 'socket'),
    address: socketAddress,
    settings: () => settings.get(),
    isTaken: folder => batchTable.unfinished().some(({ batch }) => marksOf(batch.folder).includes(folder)),
    availableMemory: () => process.availableMemory(),
    machine,
    env,
    log,
  });
  const clusters = new Clusters({
    table: new ClusterTable(database, changes, join(dataFolder, 'clusters'), log),
    changes,
    provider: new LocalProvider(machine, env, runtime => startup.jvmOptions(runtime)),
    resolveRuntime: async preference => {
      const runtime = await resolveRuntime(preference);
      startup.meet(runtime);
      return runtime;
    },
    beforeExpiry: name => teams.expire(clusters.get(name), () => batches.leaveCluster(name, true)),
    log,
  });
  const teams = new Teams(database, log);
  const batchTable = new BatchTable(database, changes, join(dataFolder, 'batches'), log);
  const batches = new Batches({
    table: batchTable,
    changes,
    clusters,
    clusterState: async ({ cluster }, appId) =>
      cluster === undefined ? undefined : clusters.applicationState(cluster, appId),
    resolveRuntime,
    startup,
    settings: () => settings.get(),
    machine,
    quotas: teams.quotas,
    env,
    folder: join(dataFolder, 'batches'),
    uploadsFolder,
    atFaultPoint: faultsFrom(options.env),
    log,
  });

  let leave = (): void => undefined;
  const asked = new Promise<void>(resolve => {
    leave = resolve;
  });
  const uploads = new Uploads({
    folder: uploadsFolder,
    limit: largestUpload,
    teamLimit: () => settings.get().uploadBytes ?? usualTeamLimit,
    heldIn: team => batches.heldUploads(team),
  });
  const rooms = { clusters, batches, runtimes, settings, teams, uploads, dataFolder };
  const status = (): BackendStatus => ({
    version: productVersion,
    protocol: protocolVersion,
    pid: process.pid,
    dataFolder,
    startedAt,
    revision: changes.revision,
    connections: door.connections,
    warmDrivers: startup.warmDrivers,
    foreground: options.idleLimit === Infinity,
    ...(httpDoor && { address: httpDoor.address }),
    notices,
  });
  let httpDoor: HttpDoor | undefined;
  const door: Door = new Door({
    handlers: createHandlers({
      ...rooms,
      status,
      stop: () => leave(),
      tellInstall: progress => {
        door.tell('runtime/progress', progress);
        if (progress.step === 'done') changes.announce('runtime', 0);
      },
    }),
    log,
    onLeave: connection => batches.watch(connection, []),
  });
  changes.on(change => door.tell('sparkdeck/changed', change));

  clusters.recover(isNew);
  if (isNew) {
    transact(database, () => {
      batchTable.restore();
      noteRemoval(database, changes.next());
      markFilled(database);
    });
  }
  batches.recover({ isAsLeft });
  uploads.recover();
  await door.open(socketPath(dataFolder));
  log(`backend ${productVersion} (process ${process.pid}) serves ${dataFolder}`);
  const idle = watchIdle(
    options.idleLimit,
    () => door.connections > 0 || clusters.anyUp || batches.anyUp,
    leave,
    log,
  );

  const closeDown = async (): Promise<void> => {
    await asked;
    clearInterval(idle);
    log('backend leaves; batches and clusters go on');
    await Promise.all([httpDoor?.close(), door.close()]);
    await runtimes.close();
    batches.close();
    await startup.close();
    clusters.close();
    closeDatabase(database, dataFolder);
    rmSync(pidFile(dataFolder), { force: true });
    lock.release();
  };
  const left = closeDown();
  try {
    httpDoor = options.http && (await openHttp(options.http));
  } catch (error) {
    leave();
    await left;
    throw error;
  }
  return { address: httpDoor?.address, stop: () => leave(), left };

  async function openHttp(http: HttpOptions): Promise<HttpDoor> {
    // Loaded here: most backends have no such door.
    const { HttpDoor } = await import('./api/http/httpDoor.ts');
    return HttpDoor.open(http, rooms, {
      changes,
      status,
      lastRemoval: () => lastRemoval(database),
      dataFolder,
      env: options.env,
      log,
    });
  }
}

/** What children inherit: this process's environment without what makes Node of Electron, or marks another launch. */
function childEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const dropped = new Set([
    launchMarker,
    'SPARKDECK_FAULT',
    'ELECTRON_RUN_AS_NODE',
    'NODE_OPTIONS',
    'PYSPARK_SUBMIT_ARGS',
    'PYSPARK_GATEWAY_PORT',
  ]);
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !dropped.has(entry[0]) && !entry[0].startsWith('VSCODE_'),
    ),
  );
}

/** While it can't be told whether something runs, the backend stays. */
function watchIdle(
  limit: number,
  isBusy: () => boolean,
  leave: () => void,
  log: (line: string) => void,
): NodeJS.Timeout {
  let busyUntil = performance.now();
  let failure: string | undefined;
  const look = (): boolean => {
    try {
      const busy = isBusy();
      failure = undefined;
      return busy;
    } catch (error) {
      if (failure !== messageOf(error)) log(`what runs can't be told: ${messageOf(error)}`);
      failure = messageOf(error);
      return true;
    }
  };
  return setInterval(
    () => {
      if (look()) busyUntil = performance.now();
      else if (performance.now() - busyUntil >= limit) leave();
    },
    Math.min(limit / 2, 5000),
  );
}
