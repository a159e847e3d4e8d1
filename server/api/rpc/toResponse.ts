import { ResponseError } from 'vscode-languageserver';
import {
  diskFullMessage,
  errorTable,
  messageOf,
  SparkdeckError,
  type ErrorCode,
} from '../../protocol/errors.ts';
import { isDiskFull } from '../../store/database.ts';

/**
 * What a client is told of an error.
 * @param gone aborted when nobody waits for the answer any more: what fails then is no failure
 * @param log is told of what nobody foresaw
 */
export function toResponse(
  error: unknown,
  gone: AbortSignal,
  log: (line: string) => void,
): ResponseError<{ code: ErrorCode }> {
  if (error instanceof SparkdeckError) return response(error.code, error.message);
  if (isDiskFull(error)) return response('disk.full', diskFullMessage);
  if (gone.aborted) return response('request.cancelled', 'Cancelled.');
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return response('internal', `Something went wrong in the backend: ${messageOf(error)}`);
}

function response(code: ErrorCode, message: string): ResponseError<{ code: ErrorCode }> {
  return new ResponseError(errorTable[code].rpc, message, { code });
}
