import { EventEmitter } from 'node:events';
import { SparkdeckError, messageOf } from '../../server/protocol/errors.ts';
import type { Changed, Method, Params, Result } from '../../server/protocol/methods.ts';
import type { InstallProgress } from '../../server/protocol/runtime.ts';

/** Whoever can be asked: what models and flows need of the backend. */
export interface Requester {
  request<M extends Method>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Result<M>>;
}

/** One connection. `closed` settles when it is gone, from whichever side. */
export interface Session extends Requester {
  readonly closed: Promise<void>;
  close(): void;
}

export interface SessionHandlers {
  changed(change: Changed): void;
  install(progress: InstallProgress): void;
}

/** `start`: a backend that doesn't run is started; otherwise only a running one will do. */
export type OpenSession = (handlers: SessionHandlers, options: { start: boolean }) => Promise<Session>;

/** `idle`: nobody has asked for anything yet. `down`: the last attempt failed, and `error` says why. */
export type BackendState = 'idle' | 'connecting' | 'connected' | 'down';

interface BackendEvents {
  state: [BackendState];
  changed: [Changed];
  install: [InstallProgress];
}

/** Milliseconds before each attempt to find a lost backend again. */
const retryDelays = [100, 1_000, 5_000];

/**
 * The backend as the window sees it: connected at the first request, found again (or started anew) when the connection
 * drops. Whoever listens to `state` reads again at `connected`.
 */
export class Backend implements Requester {
  readonly events = new EventEmitter<BackendEvents>();
  readonly #open: OpenSession;
  readonly #mayStart: () => boolean;
  #state: BackendState = 'idle';
  #error: SparkdeckError | undefined;
  #session: Promise<Session> | undefined;
  #disposed = false;

  constructor(open: OpenSession, mayStart: () => boolean) {
    this.#open = open;
    this.#mayStart = mayStart;
  }

  get state(): BackendState {
    return this.#state;
  }

  get error(): SparkdeckError | undefined {
    return this.#error;
  }

  async request<M extends Method>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Result<M>> {
    const session = await this.#connected(this.#mayStart());
    return session.request(method, params, signal);
  }

  /** Connects to a backend that already runs, and is content when there is none. */
  async connectIfRunning(): Promise<void> {
    await this.#connected(false).catch(() => undefined);
  }

  async reconnect(): Promise<void> {
    const old = this.#session;
    this.#session = undefined;
    await old?.then(
      session => session.close(),
      () => undefined,
    );
    await this.#connected(this.#mayStart());
  }

  dispose(): void {
    this.#disposed = true;
    this.#session?.then(
      session => session.close(),
      () => undefined,
    );
    this.events.removeAllListeners();
  }

  #connected(start: boolean): Promise<Session> {
    if (!this.#session) {
      const attempt = this.#connect(start);
      this.#session = attempt;
      attempt.catch(() => {
        if (this.#session === attempt) this.#session = undefined;
      });
    }
    return this.#session;
  }

  async #connect(start: boolean): Promise<Session> {
    if (this.#state !== 'connected') this.#setState('connecting');
    try {
      const session = await this.#open(
        {
          changed: change => this.events.emit('changed', change),
          install: progress => this.events.emit('install', progress),
        },
        { start },
      );
      session.closed.then(
        () => this.#lost(session),
        () => this.#lost(session),
      );
      this.#error = undefined;
      this.#setState('connected');
      return session;
    } catch (error) {
      this.#error =
        error instanceof SparkdeckError
          ? error
          : new SparkdeckError('backend.unreachable', messageOf(error), { cause: error });
      this.#setState(start ? 'down' : 'idle');
      throw this.#error;
    }
  }

  async #lost(session: Session): Promise<void> {
    const current = await this.#session?.catch(() => undefined);
    if (this.#disposed || current !== session) return;
    this.#session = undefined;
    this.#setState('connecting');
    for (const delay of retryDelays) {
      await new Promise(resolve => {
        setTimeout(resolve, delay);
      });
      if (this.#disposed || this.#session) return;
      const found = await this.#connected(this.#mayStart()).catch(() => undefined);
      if (found) return;
    }
  }

  #setState(state: BackendState): void {
    this.#state = state;
    if (!this.#disposed) this.events.emit('state', state);
  }
}
