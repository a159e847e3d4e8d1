import { Value } from 'typebox/value';
import { BatchRequest } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';

/**
 * A request with changes laid over it; a field that is null in them is taken out.
 * @throws SparkdeckError request.invalid when that makes no request
 */
export function changedRequest(
  request: BatchRequest,
  changes: Readonly<Record<string, unknown>> = {},
): BatchRequest {
  const fields = Object.entries({ ...request, ...changes }).filter(([, value]) => value !== null);
  const changed: unknown = Object.fromEntries(fields);
  if (Value.Check(BatchRequest, changed)) return changed;
  const [problem] = Value.Errors(BatchRequest, changed);
  throw new SparkdeckError(
    'request.invalid',
    `The changes don't fit: ${problem?.instancePath ?? ''} ${problem?.message ?? ''}`,
  );
}
