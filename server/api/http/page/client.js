import { readEvents } from './eventReader.js';
/** @typedef {import('./eventReader.js').ServerEvent} ServerEvent */

const prefix = '/api/sparkdeck/v1';
/** Its place in sessionStorage: it goes with the tab. */
const tokenKey = 'sparkdeck.token';
/** Milliseconds between two attempts to come again. */
const firstPause = 500;
const longestPause = 10_000;

/** An answer that is an error; its message is a sentence for a person. */
export class Refusal extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Sparkdeck's own interface, as this page uses it. */
export class Client {
  /** @param {(refusal: Refusal) => void} onStranger told when the server wants a token, or another one */
  constructor(onStranger) {
    this.onStranger = onStranger;
  }

  get token() {
    return sessionStorage.getItem(tokenKey) ?? undefined;
  }

  /** @param {string | undefined} token */
  set token(token) {
    if (token === undefined) sessionStorage.removeItem(tokenKey);
    else sessionStorage.setItem(tokenKey, token);
  }

  /** @param {string} path @returns {Promise<any>} @throws {Refusal} */
  async get(path) {
    return (await this.#ask('GET', path)).json();
  }

  /** @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers] @returns {Promise<any>} @throws {Refusal} */
  async post(path, body, headers = {}) {
    const isJson = body !== undefined;
    const answer = await this.#ask('POST', path, {
      headers: { ...headers, ...(isJson && { 'content-type': 'application/json' }) },
      ...(isJson && { body: JSON.stringify(body) }),
    });
    return answer.json();
  }

  /**
   * Follows events, and comes again after a gap with the id of the last one, until the signal aborts, `end` is told, or
   * the server refuses.
   * @param {string} path
   * @param {{ signal: AbortSignal, lastId?: string | undefined, onEvent: (event: ServerEvent) => void, onConnection?: (isThere: boolean) => void }} options
   * @returns {Promise<void>} @throws {Refusal}
   */
  async follow(path, { signal, lastId, onEvent, onConnection }) {
    let last = lastId;
    let pause = firstPause;
    for (;;) {
      let isOver = false;
      try {
        const headers = last === undefined ? {} : { 'last-event-id': last };
        const answer = await this.#ask('GET', path, { headers, signal });
        onConnection?.(true);
        await readEvents(answer, event => {
          pause = firstPause;
          last = event.id ?? last;
          isOver ||= event.event === 'end';
          if (!signal.aborted) onEvent(event);
        });
      } catch (error) {
        // While it leaves it refuses with 503; another comes in its place.
        if (error instanceof Refusal && error.status !== 503) throw error;
      }
      if (signal.aborted || isOver) return;
      onConnection?.(false);
      await delay(pause, signal);
      if (signal.aborted) return;
      pause = Math.min(pause * 2, longestPause);
    }
  }

  /** @param {string} method @param {string} path @param {RequestInit} [init] @returns {Promise<Response>} */
  async #ask(method, path, init = {}) {
    const headers = new Headers(init.headers);
    const { token } = this;
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    // Without credentials of its own the browser doesn't ask for any: this page does.
    const answer = await fetch(`${prefix}${path}`, {
      ...init,
      method,
      headers,
      credentials: 'omit',
      cache: 'no-store',
    });
    if (answer.ok) return answer;
    const refusal = new Refusal(answer.status, await messageOf(answer));
    if (answer.status === 401) this.onStranger(refusal);
    throw refusal;
  }
}

/** @param {Response} answer */
async function messageOf(answer) {
  try {
    const { message } = await answer.json();
    if (typeof message === 'string') return message;
  } catch {
    // Something between us and the server answered.
  }
  return `The server answered ${answer.status} ${answer.statusText}.`;
}

/** @param {number} milliseconds @param {AbortSignal} signal @returns {Promise<void>} */
function delay(milliseconds, signal) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
