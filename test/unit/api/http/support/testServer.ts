import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { App } from '../../../../../server/api/http/app.ts';
import { createApp } from '../../../../../server/api/http/createApp.ts';
import { Uploads } from '../../../../../server/artifacts/uploads.ts';
import { Batches } from '../../../../../server/batches/batches.ts';
import { BatchTable } from '../../../../../server/batches/batchTable.ts';
import { Clusters } from '../../../../../server/clusters/clusters.ts';
import { ClusterTable } from '../../../../../server/clusters/clusterTable.ts';
import type { ClusterProvider, Tended } from '../../../../../server/clusters/provider.ts';
import { socketAddress } from '../../../../../server/client/socketAddress.ts';
import type { Batch } from '../../../../../server/protocol/batch.ts';
import type { ClusterSpec } from '../../../../../server/protocol/cluster.ts';
import type { NewToken } from '../../../../../server/protocol/team.ts';
import type { Runtime } from '../../../../../server/protocol/runtime.ts';
import { Runtimes } from '../../../../../server/runtimes/runtimes.ts';
import { Changes } from '../../../../../server/store/changes.ts';
import { openDatabase } from '../../../../../server/store/database.ts';
import { lastRemoval } from '../../../../../server/store/removals.ts';
import { Startup } from '../../../../../server/startup/startup.ts';
import { SettingsTable } from '../../../../../server/store/settingsTable.ts';
import { Teams } from '../../../../../server/teams/teams.ts';
import type { Rooms } from '../../../../../server/teams/teamRooms.ts';

/** Runs the file it is given as a shell script: what is looked at here is what a door says of it. */
const sparkSubmit = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in *.py|*.jar) file=$1; shift; exec /bin/sh "$file" "$@";; esac
  shift
done
exit 64
`;

/** Clusters without processes, which test/spark has. */
const startAtOnce = async ({ name }: ClusterSpec): Promise<{ masterUrl: string; uiUrl: string }> => ({
  masterUrl: `spark://127.0.0.1:1/${name}`,
  uiUrl: 'http://127.0.0.1:1',
});
const provider: Omit<ClusterProvider, 'start'> = {
  check: async () => undefined,
  checkSize: () => undefined,
  tend: (): Tended => ({ troubles: [] }),
  authentication: () => ({ 'spark.authenticate': 'true', 'spark.authenticate.secret': 'a secret' }),
  stop: async () => true,
};

export interface Answer {
  status: number;
  headers: Readonly<Record<string, unknown>>;
  text: string;
  /** What the text is as JSON; undefined when it isn't. */
  json: unknown;
}

/** The web server with real rooms on a data folder of its own, and real processes in the place of Spark's. */
export class TestServer {
  readonly app: App;
  readonly rooms: Rooms;
  readonly folder: string;
  readonly log: string[];
  readonly leaving: AbortController;
  readonly changes: Changes;
  readonly #startup: Startup;
  readonly #database: DatabaseSync;
  #address: string | undefined;

  private constructor(parts: {
    app: App;
    rooms: Rooms;
    folder: string;
    log: string[];
    leaving: AbortController;
    changes: Changes;
    startup: Startup;
    database: DatabaseSync;
  }) {
    this.app = parts.app;
    this.rooms = parts.rooms;
    this.folder = parts.folder;
    this.log = parts.log;
    this.leaving = parts.leaving;
    this.changes = parts.changes;
    this.#startup = parts.startup;
    this.#database = parts.database;
  }

  /**
   * @param options.auth false: everyone is the owner
   * @param options.start in the place of a cluster's start
   * @param options.killLimit how long a kill is waited for, in milliseconds
   * @param options.prepare gets the data folder before the server is made
   */
  static async open(
    options: {
      auth?: boolean;
      start?: typeof startAtOnce;
      killLimit?: number;
      prepare?: (folder: string) => void;
    } = {},
  ): Promise<TestServer> {
    const { auth = true, start = startAtOnce, killLimit, prepare } = options;
    const folder = join(mkdtempSync(join(tmpdir(), 'sparkdeck-http-')), 'data');
    mkdirSync(folder, { mode: 0o700 });
    prepare?.(folder);
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const { database } = openDatabase(folder);
    const changes = new Changes();
    const runtime = standIn(folder);
    const machine = { cores: 4, memory: 8 * 2 ** 30 };
    const env = { PATH: process.env.PATH ?? '' };
    const settings = new SettingsTable(database);
    const teams = new Teams(database, log);
    const resolveRuntime = async (): Promise<Runtime> => runtime;
    // What makes drivers start faster can't be had of a stand-in for Spark.
    const startup = new Startup({
      cacheFolder: join(folder, 'startup'),
      folder: join(folder, 'warm'),
      socketFile: join(folder, 'warm.sock'),
      address: socketAddress,
      settings: () => ({ ...settings.get(), directLaunch: false }),
      isTaken: () => false,
      availableMemory: () => 0,
      machine: { cores: 1, memory: 2 ** 30 },
      env,
      log,
    });
    const clusters = new Clusters({
      table: new ClusterTable(database, changes, join(folder, 'clusters'), log),
      changes,
      provider: { ...provider, start },
      resolveRuntime,
      beforeExpiry: name => teams.expire(clusters.get(name), () => batches.leaveCluster(name, true)),
      log,
    });
    const batches = new Batches({
      table: new BatchTable(database, changes, join(folder, 'batches'), log),
      changes,
      clusters,
      clusterState: async () => undefined,
      resolveRuntime,
      startup,
      settings: () => settings.get(),
      quotas: teams.quotas,
      machine,
      env,
      folder: join(folder, 'batches'),
      uploadsFolder: join(folder, 'uploads'),
      atFaultPoint: () => undefined,
      ...(killLimit !== undefined && { killLimit }),
      log,
    });
    const runtimes = new Runtimes({ env, installFolder: join(folder, 'runtimes') });
    clusters.recover(false);
    batches.recover();
    const uploads = new Uploads({
      folder: join(folder, 'uploads'),
      limit: 1024 ** 2,
      teamLimit: () => settings.get().uploadBytes ?? 2 * 1024 ** 2,
      heldIn: team => batches.heldUploads(team),
    });
    uploads.recover();
    const rooms: Rooms = { clusters, batches, runtimes, settings, teams, uploads, dataFolder: folder };
    const leaving = new AbortController();
    const status = {
      version: '0.0.0',
      protocol: 1,
      pid: process.pid,
      dataFolder: folder,
      startedAt: Date.now(),
      connections: 0,
      warmDrivers: 0,
      foreground: true,
      notices: [],
    };
    const app = await createApp({
      rooms,
      tokens: auth ? teams.tokens : undefined,
      leaving: leaving.signal,
      log,
      context: {
        changes,
        status: () => ({ ...status, revision: changes.revision }),
        lastRemoval: () => lastRemoval(database),
        dataFolder: folder,
        env,
        log,
      },
    });
    return new TestServer({ app, rooms, folder, log: lines, leaving, changes, startup, database });
  }

  /** Has it answer at a port of this machine too. */
  async listen(): Promise<void> {
    this.#address = await this.app.listen({ port: 0, host: '127.0.0.1' });
  }

  get address(): string {
    assert.ok(this.#address, 'it does not listen');
    return this.#address;
  }

  token(fresh: NewToken): string {
    return this.rooms.teams.tokens.create(fresh).token;
  }

  /** Where programs lie: not in the data folder, of which a team names nothing but its own. */
  get work(): string {
    return join(dirname(this.folder), 'work');
  }

  /** A program: a shell script in the guise of Python. */
  script(name: string, text: string): string {
    const file = join(this.work, name);
    mkdirSync(this.work, { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  async ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS' | 'HEAD',
    url: string,
    options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const { token, body, headers } = options;
    const isJson = body !== undefined && !isPayload(body);
    const answer = await this.app.inject({
      method,
      url,
      headers: {
        host: 'localhost',
        ...(isJson && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { payload: isPayload(body) ? body : JSON.stringify(body) }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      json: parse(answer.body),
    };
  }

  async ended(id: number): Promise<Batch> {
    return this.rooms.batches.await(id, AbortSignal.timeout(30_000));
  }

  async close(): Promise<void> {
    this.leaving.abort();
    await this.app.close();
    const { batches } = this.rooms.batches.list({ limit: 1000 });
    for (const { id } of batches) await this.rooms.batches.kill(id);
    this.rooms.batches.close();
    await this.#startup.close();
    this.rooms.clusters.close();
    await this.rooms.runtimes.close();
    this.#database.close();
    await rm(dirname(this.folder), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function isPayload(body: unknown): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function standIn(folder: string): Runtime {
  const home = join(folder, 'spark');
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin', 'spark-submit'), sparkSubmit, { mode: 0o755 });
  return {
    java: { home: '/nowhere', version: 17, fullVersion: '17.0.1', source: 'PATH' },
    spark: { home, version: '4.3.0', source: 'SPARK_HOME' },
    python: { path: '/nowhere/python', version: '3.12.1', source: 'PATH' },
  };
}
