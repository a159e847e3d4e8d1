import type { Socket } from 'node:net';
import {
  CancellationTokenSource,
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  SocketMessageWriter,
  type Disposable,
  type MessageConnection,
} from 'vscode-languageserver-protocol/node';
import { isErrorCode, SparkdeckError } from '../protocol/errors.ts';
import type { Method, Notification, NotificationParams, Params, Result } from '../protocol/methods.ts';
import { messageReader } from './messageReader.ts';

/** One connection to a backend, typed by the protocol. Every failure is a SparkdeckError. */
export class BackendClient {
  /** Settles when the connection is gone, from whichever side. */
  readonly closed: Promise<void>;
  readonly #connection: MessageConnection;
  readonly #socket: Socket;
  /**
   * How to fail each request that waits for its answer. Not by `closed.then` in each: such a promise lives as long as
   * the connection, and holds on to every answer that was ever raced against it.
   */
  readonly #waiting = new Set<(error: SparkdeckError) => void>();
  #isLost = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#connection = createMessageConnection(messageReader(socket), new SocketMessageWriter(socket));
    this.closed = new Promise(resolve => this.#connection.onClose(() => resolve()));
    void this.closed.then(() => {
      this.#isLost = true;
      for (const fail of this.#waiting) fail(connectionLost());
    });
    this.#connection.onError(() => socket.destroy());
    this.#connection.listen();
  }

  /**
   * @param options.signal gives the request up: nothing more is waited for, and the backend is told
   * @throws SparkdeckError: the backend's own, request.cancelled, backend.silent when the signal is a time limit, or
   * backend.unreachable
   */
  async request<M extends Method>(
    method: M,
    params: Params<M>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    const { signal } = options;
    const began = performance.now();
    const cancellation = new CancellationTokenSource();
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    // sendRequest throws at once on a closed connection; then nobody waits for this one.
    failed.catch(() => undefined);
    const giveUp = (): void => {
      cancellation.cancel();
      fail(givenUp(method, signal?.reason, performance.now() - began));
    };
    this.#waiting.add(fail);
    signal?.addEventListener('abort', giveUp);
    try {
      const answer = this.#connection.sendRequest<Result<M>>(method, params, cancellation.token);
      if (this.#isLost) fail(connectionLost());
      if (signal?.aborted) giveUp();
      return await Promise.race([answer, failed]);
    } catch (error) {
      throw toSparkdeckError(error);
    } finally {
      this.#waiting.delete(fail);
      signal?.removeEventListener('abort', giveUp);
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

/** @param waited in milliseconds */
function givenUp(method: Method, reason: unknown, waited: number): SparkdeckError {
  if (!(reason instanceof Error && reason.name === 'TimeoutError')) {
    return new SparkdeckError('request.cancelled', 'Cancelled.', { cause: reason });
  }
  return new SparkdeckError(
    'backend.silent',
    `The backend did not answer ${method} within ${Math.max(1, Math.round(waited / 1000))} s. It may be busy or suspended; try again, and if that doesn't help, end its process: batches and clusters go on.`,
    { cause: reason },
  );
}

function connectionLost(cause?: Error): SparkdeckError {
  const message = 'The connection to the backend was lost. Try again: it is started anew.';
  return new SparkdeckError('backend.unreachable', message, { cause });
}
