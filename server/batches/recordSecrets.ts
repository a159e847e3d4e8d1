import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { BatchRequest } from '../protocol/batch.ts';
import { shownBatch } from '../redaction/shownBatch.ts';
import { isStoredBatch, type StoredBatch } from './storedBatch.ts';

/** What a batch is launched with, whole. */
const RecordSecrets = Type.Object({ name: Type.String(), master: Type.String(), request: BatchRequest });
type RecordSecrets = Static<typeof RecordSecrets>;

/** A batch's record without its secrets, and apart from it what is launched, where that is not the same. */
export function splitRecord(stored: StoredBatch): { record: StoredBatch; secrets?: RecordSecrets } {
  const { batch, master } = stored;
  const shown = shownBatch(batch);
  const record = { ...stored, batch: shown, master: shown.master ?? master };
  const secrets = { name: batch.name, master, request: batch.request };
  const isSame =
    JSON.stringify([shown.name, record.master, shown.request]) === JSON.stringify(Object.values(secrets));
  return isSame ? { record } : { record, secrets };
}

/** The two together; undefined when that makes no batch. Records of earlier versions are whole. */
export function joinRecord(record: unknown, secrets: unknown): StoredBatch | undefined {
  if (!isStoredBatch(record)) return undefined;
  if (!Value.Check(RecordSecrets, secrets)) return record;
  const { name, master, request } = secrets;
  return { ...record, master, batch: { ...record.batch, name, request } };
}
