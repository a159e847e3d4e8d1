import { join } from 'node:path';
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { Batch } from '../protocol/batch.ts';
import { Runtime } from '../protocol/runtime.ts';

/** What a batch will take, as far as its request tells. */
export const Demand = Type.Object({
  cores: Type.Integer({ maximum: Number.MAX_SAFE_INTEGER }),
  memory: Type.Integer({ maximum: Number.MAX_SAFE_INTEGER, description: 'bytes' }),
});
export type Demand = Static<typeof Demand>;

/** A demand beyond all measure as the most that can be written down. */
export function bounded({ cores, memory }: Demand): Demand {
  return {
    cores: Math.min(cores, Number.MAX_SAFE_INTEGER),
    memory: Math.min(memory, Number.MAX_SAFE_INTEGER),
  };
}

/** A batch as written down: what clients see, and what the backend needs to start it and to find it again. */
export const StoredBatch = Type.Object({
  batch: Batch,
  master: Type.String(),
  runtime: Runtime,
  uiPort: Type.Integer(),
  attempt: Type.Integer({ description: 'how often a launch was tried, see process/launch.ts' }),
  queueRank: Type.Number({ description: 'its place among those that wait: the lower comes first' }),
  idempotencyKey: Type.Optional(Type.String()),
  asked: Type.Optional(
    Type.String({ description: 'what the key stands for: a sum of the request as it came' }),
  ),
  demand: Type.Optional(Demand),
});
export type StoredBatch = Static<typeof StoredBatch>;

const checker = Compile(StoredBatch);

export const isStoredBatch = (value: unknown): value is StoredBatch => checker.Check(value);

/** A row of the table `batches`. @throws when it isn't one that this version wrote */
export function fromRow(row: Record<string, SQLOutputValue>, parent: string): StoredBatch {
  const optional = (key: string, column: string): Record<string, SQLOutputValue> =>
    row[column] === null || row[column] === undefined ? {} : { [key]: row[column] };
  const id = Number(row['id']);
  const stored: unknown = {
    batch: {
      id,
      name: row['name'],
      request: JSON.parse(String(row['request'])),
      ...optional('team', 'team'),
      ...optional('cluster', 'cluster'),
      master: row['master'],
      state: row['state'],
      transitions: JSON.parse(String(row['transitions'])),
      ...optional('reason', 'reason'),
      ...optional('exitCode', 'exit_code'),
      ...optional('appId', 'app_id'),
      ...optional('sparkUiUrl', 'ui_url'),
      ...optional('killRequestedAt', 'kill_requested_at'),
      ...optional('rerunOf', 'rerun_of'),
      folder: join(parent, String(id)),
      revision: row['revision'],
    },
    master: row['master'],
    runtime: JSON.parse(String(row['runtime'])),
    uiPort: row['ui_port'],
    attempt: row['attempt'],
    queueRank: row['queue_rank'],
    ...optional('idempotencyKey', 'idempotency_key'),
    ...optional('asked', 'asked'),
    ...(row['cores'] !== null && { demand: { cores: row['cores'], memory: row['memory'] } }),
  };
  if (isStoredBatch(stored)) return stored;
  throw new Error(`the row of batch ${id} is not in its shape: ${JSON.stringify(checker.Errors(stored)[0])}`);
}

/** The columns of a batch, its id and revision aside. */
export function toColumns({ batch, ...stored }: StoredBatch): Record<string, SQLInputValue> {
  return {
    name: batch.name,
    request: JSON.stringify(batch.request),
    idempotency_key: stored.idempotencyKey ?? null,
    asked: stored.asked ?? null,
    team: batch.team ?? null,
    cluster: batch.cluster ?? null,
    master: stored.master,
    runtime: JSON.stringify(stored.runtime),
    state: batch.state,
    transitions: JSON.stringify(batch.transitions),
    reason: batch.reason ?? null,
    exit_code: batch.exitCode ?? null,
    app_id: batch.appId ?? null,
    ui_port: stored.uiPort,
    ui_url: batch.sparkUiUrl ?? null,
    kill_requested_at: batch.killRequestedAt ?? null,
    rerun_of: batch.rerunOf ?? null,
    attempt: stored.attempt,
    queue_rank: stored.queueRank,
    cores: stored.demand?.cores ?? null,
    memory: stored.demand?.memory ?? null,
  };
}
