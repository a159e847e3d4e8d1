import { createHash } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import type { Batch, BatchRequest } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Params } from '../protocol/methods.ts';
import type { Runtime, RuntimePreference } from '../protocol/runtime.ts';
import type { AtFaultPoint } from '../process/faults.ts';
import { freePorts } from '../process/ports.ts';
import type { Startup } from '../startup/startup.ts';
import { isDiskFull } from '../store/database.ts';
import type { BatchTable, NewBatch } from './batchTable.ts';
import { checkAuthentication } from './checkAuthentication.ts';
import { checkCommandSize } from './checkCommandSize.ts';
import { checkMemory } from './checkMemory.ts';
import { checkRequest } from './checkRequest.ts';
import { checkSchemes } from './checkSchemes.ts';
import { demandOf } from './demand.ts';
import { holdUploads } from './heldUploads.ts';
import { namesLocalDir, noteLocalDir } from './localDir.ts';
import { clusterAt, clusterFor, masterFor, runtimeFor, type ClusterRegister } from './placing.ts';
import { readSparkDefaults } from './sparkDefaults.ts';
import type { Demand } from './storedBatch.ts';

/** A batch that starts with less is likely to fail in the middle. */
const leastFreeSpace = 32 * 2 ** 20;

export interface AcceptanceOptions {
  table: BatchTable;
  clusters: ClusterRegister & {
    /** The settings with which a master lets an application of this team in. */
    authenticationAt(master: string, team: string | undefined): Record<string, string>;
  };
  resolveRuntime: (preference: RuntimePreference) => Promise<Runtime>;
  startup: Startup;
  machine: { cores: number; memory: number };
  env: Readonly<Record<string, string>>;
  /** Where each batch has a folder of its number. */
  folder: string;
  /** Where uploaded files lie. */
  uploadsFolder: string;
  /** @throws SparkdeckError batch.tooBig for what a team could never run */
  quotas: { check(team: string, demand: Demand | undefined): void };
  atFaultPoint: AtFaultPoint;
}

/** For whom a batch is submitted. */
export interface SubmitContext {
  /** The owner's unless given. */
  team?: string | undefined;
  rerunOf?: number;
  /** The clusters that may be meant; all unless given. */
  clusters?: ClusterRegister;
  /** Says which files are meant by what the caller calls them. Not asked for a request that was taken in before. */
  resolve?: (request: BatchRequest) => Promise<BatchRequest>;
}

/** Takes batches in: refuses what can be seen to fail, and writes the others down, once. */
export class Acceptance {
  readonly #options: AcceptanceOptions;

  constructor(options: AcceptanceOptions) {
    this.#options = options;
  }

  /**
   * @returns the batch that is written down now, or the one that was by the same key before
   * @throws SparkdeckError key.taken for another request with a key that was there, and for every request that can be
   *   seen to fail
   */
  async accept(params: Params<'batch/submit'>, context: SubmitContext): Promise<Batch> {
    const { team, rerunOf } = context;
    const idempotencyKey = keyOf(params.idempotencyKey, team);
    const asked = sumOf(params.request, rerunOf);
    const first = this.#withKey(idempotencyKey, asked);
    if (first) return first;
    const { atFaultPoint, env, folder, machine, quotas, resolveRuntime, startup } = this.#options;
    const clusters = context.clusters ?? this.#options.clusters;
    const request = await checkRequest((await context.resolve?.(params.request)) ?? params.request);
    checkCommandSize(request, env);
    const cluster = clusterFor(request, clusters, team);
    const runtime = await runtimeFor(request, cluster, resolveRuntime);
    startup.meet(runtime);
    const { workingFolder = folder } = request;
    const defaults = readSparkDefaults(request, { env, runtime, workingFolder });
    const master = masterFor(request, { cluster, defaults, env, team });
    checkSchemes(request, { runtime, env, defaults });
    checkMemory(request, { machineMemory: machine.memory, cluster });
    const taken = master === cluster?.masterUrl ? cluster : await clusterAt(master, clusters.list());
    const demand = demandOf(request, {
      master,
      cluster: taken?.spec,
      machineCores: machine.cores,
      defaults,
      env,
    });
    // What runs on a team's cluster is that team's, unless it is said whose it is.
    const owner = team ?? cluster?.team;
    if (owner !== undefined) quotas.check(owner, demand);
    checkAuthentication(
      request.conf ?? {},
      this.#options.clusters.authenticationAt(master, cluster ? undefined : owner),
    );
    checkSpace(dirname(folder));
    const ownLocalDir = await namesLocalDir(request);
    const [freePort] = await freePorts(1);
    // Another request with the same key may have come first while this one was looked at.
    const since = this.#withKey(idempotencyKey, asked);
    if (since) return since;
    // The cluster may have been told to stop meanwhile.
    if (cluster) clusters.running(cluster.spec.name);
    atFaultPoint('submit.checked');
    const batch = this.#add(ownLocalDir, {
      request,
      name: nameOf(request, defaults),
      demand,
      ...(owner !== undefined && { team: owner }),
      ...(cluster && { cluster: cluster.spec.name }),
      master,
      runtime,
      uiPort: Number({ ...defaults, ...request.conf }['spark.ui.port']) || freePort || 4040,
      ...(idempotencyKey !== undefined && { idempotencyKey, asked }),
      ...(rerunOf !== undefined && { rerunOf }),
    });
    atFaultPoint('submit.written');
    return batch;
  }

  #add(ownLocalDir: boolean, batch: NewBatch): Batch {
    const { table, uploadsFolder } = this.#options;
    const prepare = (folder: string): void => {
      holdUploads(batch.request, { uploads: uploadsFolder, batch: folder });
      if (ownLocalDir) noteLocalDir(folder);
    };
    try {
      return table.add(batch, prepare).batch;
    } catch (error) {
      if (isDiskFull(error)) throw diskFull(this.#options.folder, error);
      throw error;
    }
  }

  #withKey(idempotencyKey: string | undefined, asked: string): Batch | undefined {
    const found = idempotencyKey === undefined ? undefined : this.#options.table.findByKey(idempotencyKey);
    if (!found || found.asked === undefined || found.asked === asked) return found?.batch;
    throw new SparkdeckError(
      'key.taken',
      `Batch ${found.batch.id} was submitted with this idempotency key, and by another request. Take a new key for a new request.`,
    );
  }
}

/** The application's name as spark-submit takes it; without one, the file's. */
function nameOf({ name, conf, file }: BatchRequest, defaults: Readonly<Record<string, string>>): string {
  return name ?? ({ ...defaults, ...conf }['spark.app.name'] || basename(file, extname(file)));
}

/** Of a request as its sender wrote it: files that are gone by now or changed don't make another one of it. */
function sumOf(request: BatchRequest, rerunOf: number | undefined): string {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256')
    .update(JSON.stringify([rerunOf ?? null, request], sorted))
    .digest('hex');
}

/** Two teams may choose the same key. A key of the owner's has no line break. */
function keyOf(key: string | undefined, team: string | undefined): string | undefined {
  return key === undefined || team === undefined ? key : `${team}\n${key}`;
}

function checkSpace(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < leastFreeSpace) throw diskFull(folder);
}

function diskFull(folder: string, cause?: unknown): SparkdeckError {
  return new SparkdeckError(
    'disk.full',
    `The disk of ${folder} is full, so the batch was not accepted. What runs goes on. Free some space (removing old batches helps), then submit again.`,
    { cause },
  );
}
