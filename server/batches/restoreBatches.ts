import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { Batch } from '../protocol/batch.ts';
import { Runtime } from '../protocol/runtime.ts';
import { highestNumber, readRecords } from '../store/records.ts';
import type { BatchTable } from './batchTable.ts';

/** A StoredBatch as its record holds it. */
const Record = Type.Object({
  batch: Batch,
  master: Type.String(),
  runtime: Runtime,
  uiPort: Type.Integer(),
  attempt: Type.Integer(),
  queueRank: Type.Number(),
  idempotencyKey: Type.Optional(Type.String()),
});

/** Fills an empty table from the records beside the logs. A number whose record can't be read is not given again. */
export function restoreBatches(table: BatchTable, folder: string): void {
  for (const { id, record } of readRecords(folder)) {
    if (!Value.Check(Record, record) || record.batch.id !== id) continue;
    table.restore({ ...record, batch: { ...record.batch, folder: join(folder, String(id)) } });
  }
  table.countFrom(highestNumber(folder));
}
