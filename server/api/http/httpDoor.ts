import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, SparkdeckError } from '../../protocol/errors.ts';
import type { Rooms } from '../../teams/teamRooms.ts';
import { isLoopback, urlOf } from './address.ts';
import type { App } from './app.ts';
import { createApp } from './createApp.ts';
import type { DialectContext } from './dialect.ts';
import { checkHttpOptions, type HttpOptions } from './httpOptions.ts';
import { TlsFiles } from './tlsFiles.ts';

/** How long those inside may take to get their answers when the backend leaves, in milliseconds. */
const farewell = 10_000;

/** The backend's door over HTTP: all dialects on one port. */
export class HttpDoor {
  /** Where it is, as http://127.0.0.1:8998 */
  readonly address: string;
  readonly #app: App;
  readonly #leaving: AbortController;
  readonly #inside: () => number;

  private constructor(app: App, address: string, leaving: AbortController, inside: () => number) {
    this.#app = app;
    this.address = address;
    this.#leaving = leaving;
    this.#inside = inside;
  }

  /** @throws SparkdeckError request.invalid, port.taken */
  static async open(
    options: HttpOptions,
    rooms: Rooms,
    context: Omit<DialectContext, 'figures'>,
  ): Promise<HttpDoor> {
    const { auth, host, port } = options;
    checkHttpOptions(options);
    const leaving = new AbortController();
    const tls = options.tls && new TlsFiles(options.tls);
    let inside = 0;
    const tokens = auth ? rooms.teams.tokens : undefined;
    const { log } = context;
    const app = await create({
      rooms,
      context,
      tokens,
      leaving: leaving.signal,
      log,
      ...(tls && { tls: tls.pair }),
    });
    app.server.on('request', (_request, response) => {
      inside++;
      response.once('close', () => inside--);
    });
    try {
      await app.listen({ host, port });
    } catch (error) {
      await app.close();
      throw cannotListen(host, port, error);
    }
    const unwatch = tls?.watch(app.server, log);
    leaving.signal.addEventListener('abort', () => unwatch?.());
    const bound = app.server.address();
    const address = urlOf(host, typeof bound === 'object' && bound ? bound.port : port, tls !== undefined);
    if (!isLoopback(host) && !tls) {
      log(`warning: ${address} is open to the network without TLS, so tokens can be read on their way`);
    }
    return new HttpDoor(app, address, leaving, () => inside);
  }

  /** Requests that come from now on are refused; those inside get their answers, and streams end. */
  async close(): Promise<void> {
    this.#leaving.abort();
    for (const limit = performance.now() + farewell; this.#inside() > 0 && performance.now() < limit;) {
      await delay(20);
    }
    await this.#app.close();
  }
}

async function create(options: Parameters<typeof createApp>[0]): Promise<App> {
  try {
    return await createApp(options);
  } catch (error) {
    if (!options.tls || !isTlsError(error)) throw error;
    throw new SparkdeckError(
      'request.invalid',
      `The certificate and its key can't be used (${messageOf(error)}). Give both in PEM: --tls-cert FILE --tls-key FILE`,
      { cause: error },
    );
  }
}

function isTlsError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^ERR_(OSSL|TLS|SSL)/.test(String(error.code));
}

function cannotListen(host: string, port: number, error: unknown): SparkdeckError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return new SparkdeckError(
    code === 'EADDRINUSE' ? 'port.taken' : 'request.invalid',
    code === 'EADDRINUSE'
      ? `Port ${port} is in use by another program. Choose another with --port, or 0 for a free one.`
      : `The address ${host} port ${port} can't be listened at (${messageOf(error)}). Choose another with --host and --port.`,
    { cause: error },
  );
}
