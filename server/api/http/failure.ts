import { diskFullMessage, errorTable, SparkdeckError, type ErrorCode } from '../../protocol/errors.ts';
import { isDiskFull } from '../../store/database.ts';

/** An error as every dialect gets it, to be said in its own shape. */
export interface Failure {
  status: number;
  code: ErrorCode;
  message: string;
}

/**
 * What went wrong, by the one table of errors.
 * @param log is told of what nobody foresaw
 */
export function toFailure(error: unknown, log: (line: string) => void): Failure {
  if (error instanceof SparkdeckError) return failure(error.code, error.message);
  if (isDiskFull(error)) return failure('disk.full', diskFullMessage);
  const { code, statusCode, message } = webError(error);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    const [known, words] = webErrors[code ?? ''] ?? ['request.invalid', message];
    return { ...failure(known, words), ...(!webErrors[code ?? ''] && { status: statusCode }) };
  }
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return failure(
    'internal',
    'Something went wrong in the backend. Its log says what, at the time of this answer.',
  );
}

/** What Fastify finds wrong with a request before a handler sees it, https://fastify.dev/docs/latest/Reference/Errors */
const webErrors: Readonly<Record<string, [code: ErrorCode, message: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'request.type',
    'The body is not of a type that is taken here. Send JSON, with the header Content-Type: application/json.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['request.tooBig', 'The body is larger than what is taken here. Send less.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'request.invalid',
    'The body is not as long as the header Content-Length says. Send it whole.',
  ],
  FST_ERR_BAD_URL: ['request.invalid', 'The path is no URL: a % stands before two hexadecimal digits.'],
};

function failure(code: ErrorCode, message: string): Failure {
  return { status: errorTable[code].http, code, message };
}

function webError(error: unknown): { code?: string; statusCode?: number; message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    message: error.message,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...('statusCode' in error && typeof error.statusCode === 'number' && { statusCode: error.statusCode }),
  };
}
