import type { BackendClient } from '../../client/backendClient.ts';
import { SparkdeckError } from '../../protocol/errors.ts';
import type { Method, Notification, NotificationParams, Params, Result } from '../../protocol/methods.ts';

/** Requests that may be sent twice without harm: they read, or they end in the same state. */
const repeatable: ReadonlySet<Method> = new Set<Method>([
  'backend/status',
  'runtime/doctor',
  'runtime/install',
  'cluster/list',
  'cluster/await',
  'cluster/detail',
  'cluster/connection',
  'cluster/stop',
  'batch/submit', // with its idempotency key, which the CLI always sends
  'batch/list',
  'batch/get',
  'batch/await',
  'batch/kill',
  'batch/progress',
  'batch/history',
  'batch/timing',
  'batch/watch',
  'batch/problems',
  'batch/command',
  'log/files',
  'log/read',
  'log/search',
  'token/list',
  'token/revoke',
  'team/list',
  'team/quota',
  'audit/list',
]);

const reconnectsInARow = 5;

/**
 * A connection that outlives its backend: when the backend goes away in the middle, it is started again and the
 * request is sent again, provided that twice does no harm. Batches and clusters live on meanwhile.
 */
export class SteadyBackend {
  readonly #connect: () => Promise<BackendClient>;
  readonly #subscriptions: ((client: BackendClient) => unknown)[] = [];
  #client: Promise<BackendClient>;
  #watched: number[] = [];
  #lost = 0;
  #closed = false;

  constructor(connect: () => Promise<BackendClient>) {
    this.#connect = connect;
    this.#client = connect();
    // Whoever asks first hears of the failure; until then it is no unhandled rejection.
    this.#client.catch(() => undefined);
  }

  async request<M extends Method>(
    method: M,
    params: Params<M>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    for (;;) {
      const used = this.#client;
      const client = await used;
      try {
        const result = await client.request(method, params, options);
        this.#lost = 0;
        return result;
      } catch (error) {
        const lost = error instanceof SparkdeckError && error.code === 'backend.unreachable';
        const again = repeatable.has(method) && this.#lost < reconnectsInARow && !this.#closed;
        if (!lost || !again) throw error;
        this.#reconnect(used);
      }
    }
  }

  /** Looks at the progress of these batches, also after the backend was started again. */
  async watch(ids: number[]): Promise<void> {
    this.#watched = ids;
    await this.request('batch/watch', { ids });
  }

  on<N extends Notification>(notification: N, handler: (params: NotificationParams<N>) => void): void {
    const subscribe = (client: BackendClient): unknown => client.on(notification, handler);
    this.#subscriptions.push(subscribe);
    void this.#client.then(subscribe, () => undefined);
  }

  /** What is still asked fails, and connects no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.then(
      client => client.close(),
      () => undefined,
    );
  }

  /** Requests that were lost together share one new connection. */
  #reconnect(used: Promise<BackendClient>): void {
    if (this.#client !== used) return;
    this.#lost++;
    this.#client = this.#connect().then(async client => {
      for (const subscribe of this.#subscriptions) subscribe(client);
      if (this.#watched.length > 0) await client.request('batch/watch', { ids: this.#watched });
      return client;
    });
    this.#client.catch(() => undefined);
  }
}
