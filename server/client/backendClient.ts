import type { Socket } from 'node:net';
import {
  CancellationTokenSource,
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
  type Disposable,
  type MessageConnection,
} from 'vscode-languageserver-protocol/node';
import { isErrorCode, SparkdeckError } from '../protocol/errors.ts';
import type { Method, Notification, NotificationParams, Params, Result } from '../protocol/methods.ts';

/** One connection to a backend, typed by the protocol. Every failure is a SparkdeckError. */
export class BackendClient {
  /** Settles when the connection is gone, from whichever side. */
  readonly closed: Promise<void>;
  readonly #connection: MessageConnection;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    this.closed = new Promise(resolve => this.#connection.onClose(() => resolve()));
    this.#connection.onError(() => socket.destroy());
    this.#connection.listen();
  }

  async request<M extends Method>(
    method: M,
    params: Params<M>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    const cancellation = new CancellationTokenSource();
    const cancel = (): void => cancellation.cancel();
    options.signal?.addEventListener('abort', cancel);
    if (options.signal?.aborted) cancel();
    const lost = this.closed.then((): never => {
      throw connectionLost();
    });
    try {
      return await Promise.race([
        this.#connection.sendRequest<Result<M>>(method, params, cancellation.token),
        lost,
      ]);
    } catch (error) {
      throw toSparkdeckError(error);
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      cancellation.dispose();
    }
  }

  on<N extends Notification>(notification: N, handler: (params: NotificationParams<N>) => void): Disposable {
    return this.#connection.onNotification(notification, handler);
  }

  close(): void {
    this.#connection.dispose();
    this.#socket.destroy();
  }
}

/** The error that the backend meant, out of a JSON-RPC error. */
export function toSparkdeckError(error: unknown): SparkdeckError {
  if (error instanceof SparkdeckError) return error;
  if (error instanceof ResponseError) {
    const data: unknown = error.data;
    const code = typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined;
    if (isErrorCode(code)) return new SparkdeckError(code, error.message, { cause: error });
    if (error.code === -32800) return new SparkdeckError('request.cancelled', 'Cancelled.', { cause: error });
    if (connectionCodes.has(error.code)) return connectionLost(error);
    return new SparkdeckError('internal', error.message, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new SparkdeckError('backend.unreachable', `The backend can't be reached: ${message}`, {
    cause: error,
  });
}

/** What vscode-jsonrpc says of a request when the other side goes away while it is sent or answered. */
const connectionCodes: ReadonlySet<number> = new Set([
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
]);

function connectionLost(cause?: Error): SparkdeckError {
  const message = 'The connection to the backend was lost. Try again: it is started anew.';
  return new SparkdeckError('backend.unreachable', message, { cause });
}
