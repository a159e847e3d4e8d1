/**
 * The one table of error codes. A door translates a code once: `rpc` is the JSON-RPC error code, `http` the status.
 * The message of each error says what happened and what to do next; the code is for programs.
 */
export const errorTable = {
  'request.invalid': { rpc: -32602, http: 400 },
  'request.cancelled': { rpc: -32800, http: 499 },
  'request.slow': { rpc: 1501, http: 408 },
  'request.tooBig': { rpc: 1502, http: 413 },
  'request.type': { rpc: 1503, http: 415 },
  'path.missing': { rpc: 1504, http: 404 },
  'path.method': { rpc: 1505, http: 405 },
  'token.absent': { rpc: 1601, http: 401 },
  'token.forbidden': { rpc: 1602, http: 403 },
  'token.missing': { rpc: 1603, http: 404 },
  'file.missing': { rpc: 1001, http: 400 },
  'file.kind': { rpc: 1002, http: 400 },
  'class.missing': { rpc: 1003, http: 400 },
  'conf.invalid': { rpc: 1004, http: 400 },
  'folder.unwritable': { rpc: 1005, http: 500 },
  'disk.full': { rpc: 1006, http: 507 },
  'runtime.missing': { rpc: 1101, http: 503 },
  'runtime.unfit': { rpc: 1102, http: 503 },
  'runtime.install': { rpc: 1103, http: 502 },
  'cluster.missing': { rpc: 1201, http: 404 },
  'cluster.exists': { rpc: 1202, http: 409 },
  'cluster.none': { rpc: 1203, http: 409 },
  'cluster.stopped': { rpc: 1204, http: 409 },
  'cluster.unreachable': { rpc: 1205, http: 503 },
  'cluster.failed': { rpc: 1206, http: 500 },
  'cluster.tooBig': { rpc: 1207, http: 400 },
  'cluster.busy': { rpc: 1208, http: 409 },
  'port.taken': { rpc: 1209, http: 409 },
  'batch.missing': { rpc: 1301, http: 404 },
  'batch.running': { rpc: 1302, http: 409 },
  'batch.tooBig': { rpc: 1303, http: 400 },
  'batch.ending': { rpc: 1305, http: 503 },
  'upload.missing': { rpc: 1304, http: 404 },
  'key.taken': { rpc: 1306, http: 409 },
  'backend.leaving': { rpc: 1400, http: 503 },
  'backend.silent': { rpc: 1401, http: 503 },
  'backend.unreachable': { rpc: 1402, http: 503 },
  'backend.older': { rpc: 1403, http: 503 },
  'backend.busy': { rpc: 1404, http: 503 },
  internal: { rpc: -32603, http: 500 },
} as const satisfies Record<string, { rpc: number; http: number }>;

/** For a change that can't be written down, whatever it is. */
export const diskFullMessage =
  'There is no room left where the data folder lies, so nothing was changed. Free some space (removing old batches helps), then do it again.';

export type ErrorCode = keyof typeof errorTable;

/** Every failure that a user can meet. `message` is a sentence for a person, with the next step in it. */
export class SparkdeckError extends Error {
  override readonly name = 'SparkdeckError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}

/** The text of whatever was thrown, for a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
