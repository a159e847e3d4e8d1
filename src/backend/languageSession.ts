import type { LogOutputChannel } from 'vscode';
import {
  CancellationTokenSource,
  CloseAction,
  ErrorAction,
  LanguageClient,
  SocketMessageWriter,
  type InitializeParams,
} from 'vscode-languageclient/node';
import { toSparkdeckError } from '../../server/client/backendClient.ts';
import { messageReader } from '../../server/client/messageReader.ts';
import { openBackend, type BackendPlace } from '../../server/client/connectBackend.ts';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import type { Changed, Method, Params, Result } from '../../server/protocol/methods.ts';
import type { InstallProgress } from '../../server/protocol/runtime.ts';
import { productVersion, protocolVersion } from '../../server/protocol/version.ts';
import type { Session, SessionHandlers } from './backend.ts';

/**
 * A session over vscode-languageclient, so that language features can join the same connection.
 * Loaded at the first connection only: it is the heaviest thing in the extension.
 */
export async function openLanguageSession(
  place: BackendPlace,
  output: LogOutputChannel,
  handlers: SessionHandlers,
): Promise<Session> {
  // Opened here and not within LanguageClient, which would tell of a failure in its own words.
  const socket = await openBackend(place);
  let alive = true;
  let tellClosed: () => void;
  const closed = new Promise<void>(resolve => (tellClosed = resolve));
  const client = new DetachedClient(
    'sparkdeck',
    'Sparkdeck',
    () =>
      Promise.resolve({
        reader: messageReader(socket),
        writer: new SocketMessageWriter(socket),
        detached: true,
      }),
    {
      outputChannel: output,
      documentSelector: [],
      initializationOptions: { protocol: protocolVersion, version: productVersion },
      // A lost connection is Backend's matter; a new session gets a new client.
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          alive = false;
          tellClosed();
          return {
            action: CloseAction.DoNotRestart,
            handled: true,
            message: 'The connection to the backend is closed.',
          };
        },
      },
      initializationFailedHandler: () => false,
    },
  );
  client.onNotification('sparkdeck/changed', (change: Changed) => handlers.changed(change));
  client.onNotification('runtime/progress', (progress: InstallProgress) => handlers.install(progress));
  await client.start();

  return {
    closed,
    // Not client.stop(): its `shutdown` and `exit` are meant for a server that belongs to one window.
    close: () => socket.destroy(),
    async request<M extends Method>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Result<M>> {
      const cancellation = new CancellationTokenSource();
      const cancel = (): void => cancellation.cancel();
      signal?.addEventListener('abort', cancel);
      if (signal?.aborted) cancel();
      try {
        return await client.sendRequest<Result<M>>(method, params, cancellation.token);
      } catch (error) {
        if (!alive) {
          throw new SparkdeckError(
            'backend.unreachable',
            'The connection to the backend was lost; it is being found again. Try again in a moment.',
            { cause: error },
          );
        }
        throw toSparkdeckError(error);
      } finally {
        signal?.removeEventListener('abort', cancel);
        cancellation.dispose();
      }
    },
  };
}

/** Doesn't tell its process id: a language server would end together with that process, and the backend goes on. */
class DetachedClient extends LanguageClient {
  protected override fillInitializeParams(params: InitializeParams): void {
    super.fillInitializeParams(params);
    params.processId = null;
  }
}
