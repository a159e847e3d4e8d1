import type { Socket } from 'node:net';
import {
  createConnection,
  type CancellationToken,
  type InitializeResult,
  type WatchDog,
} from 'vscode-languageserver';
import { createProtocolConnection, StreamMessageWriter } from 'vscode-languageserver-protocol/node';
import { Value } from 'typebox/value';
import { messageReader } from '../../client/messageReader.ts';
import { messageOf, SparkdeckError } from '../../protocol/errors.ts';
import {
  methods,
  type Method,
  type Notification,
  type NotificationParams,
  type Params,
} from '../../protocol/methods.ts';
import { linkSignals } from '../../process/linkSignals.ts';
import { productVersion, protocolVersion } from '../../protocol/version.ts';
import { boundedWriter, type Patience } from './boundedWriter.ts';
import type { Handlers } from './handlers.ts';
import { toResponse } from './toResponse.ts';

/** One client of the backend. */
export interface Connection {
  notify<N extends Notification>(notification: N, params: NotificationParams<N>): void;
  /** Closes the connection once what waits for the client is written. */
  end(): void;
  /** Closes it at once. */
  drop(): void;
}

const usualPatience: Patience = { bytes: 4 * 1024 ** 2, silence: 5000 };

/**
 * Speaks JSON-RPC, as a language server does, with one client: the initialize handshake for an editor, and the
 * requests of the protocol for whoever asks. A request that isn't in its schema's shape, and every error of a room, is
 * answered with a code of the error table; nothing that a client sends ends the backend.
 */
export function serveConnection(
  socket: Socket,
  handlers: Handlers,
  log: (line: string) => void,
  onClose: (connection: symbol) => void,
  patience = usualPatience,
): Connection {
  const identity = Symbol('connection');
  const lost = new AbortController();
  const writer = boundedWriter(socket, patience, () => {
    if (socket.destroyed) return;
    log('connection: dropped, since its client does not read');
    socket.destroy();
  });
  const connection = createConnection(
    logger => createProtocolConnection(messageReader(socket), new StreamMessageWriter(writer), logger),
    staying,
  );

  connection.onInitialize((): InitializeResult => ({
    capabilities: {},
    serverInfo: { name: 'Sparkdeck', version: `${productVersion}+protocol.${protocolVersion}` },
  }));
  const register = <M extends Method>(method: M, handle: Handlers[M]): void => {
    connection.onRequest<object, unknown>(
      method,
      async (params: unknown, token: CancellationToken): Promise<object> => {
        const abort = new AbortController();
        const subscription = token.onCancellationRequested(() => abort.abort());
        const { signal, unlink } = linkSignals(abort.signal, lost.signal);
        try {
          const checked = check(method, params);
          return await handle(checked, { connection: identity, signal });
        } catch (error) {
          throw toResponse(error, signal, line => log(`${method}: ${line}`));
        } finally {
          unlink();
          subscription.dispose();
        }
      },
    );
  };
  for (const method of methodNames) register(method, handlers[method]);

  const close = (): void => {
    if (lost.signal.aborted) return;
    lost.abort();
    try {
      connection.dispose();
      onClose(identity);
    } catch (error) {
      log(`connection: ${messageOf(error)}`);
    }
  };
  socket.once('close', close);
  socket.on('error', error => log(`connection: ${error.message}`));
  connection.listen();

  return {
    notify: (notification, params) => {
      if (lost.signal.aborted) return;
      connection.sendNotification(notification, params).catch((error: unknown) => log(messageOf(error)));
    },
    end: () => socket.end(),
    drop: () => socket.destroy(),
  };
}

const methodNames = Object.keys(methods).filter(isMethod);

function isMethod(name: string): name is Method {
  return Object.hasOwn(methods, name);
}

function isParams<M extends Method>(method: M, params: unknown): params is Params<M> {
  return Value.Check(methods[method].params, params);
}

function check<M extends Method>(method: M, params: unknown): Params<M> {
  if (isParams(method, params)) return params;
  const problems = Value.Errors(methods[method].params, params)
    .slice(0, 3)
    .map(
      problem =>
        `${problem.instancePath.slice(1).replaceAll('/', '.') || 'the parameters'} ${problem.message}`,
    );
  throw new SparkdeckError('request.invalid', `The request ${method} isn't right: ${problems.join('; ')}.`);
}

/** A language server ends with its client. This one stays. */
const staying: WatchDog = {
  shutdownReceived: false,
  initialize: () => undefined,
  exit: () => undefined,
};
