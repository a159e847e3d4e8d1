import { Refusal } from './client.js';
import { showClusters } from './clusters.js';
import { Detail } from './detail.js';
import { byId, setText, show } from './elements.js';
import { JobTable } from './jobs.js';
import { isSure } from './question.js';
import { endedStates, isLive, liveStates } from './texts.js';
/** @typedef {import('../../../protocol/batch.ts').Batch} Batch */
/** @typedef {import('./client.js').Client} Client */

/** Milliseconds in which changes are gathered before things are read again. */
const gathering = 150;
/** With more changes at once the lists are read as a whole. */
const singles = 20;
/** Of so many at once the progress is asked for; the server asks the driver of each. */
const watched = 20;

/** What is on the page, kept in step with the server while somebody looks at it. */
export class Deck {
  #client;
  #closing = new AbortController();
  #detailPlace = byId('detail', HTMLElement);
  #running;
  #finished;
  /** @type {Detail | undefined} */
  #detail;
  /** @type {AbortController | undefined} */
  #following;
  /** @type {string | undefined} */
  #lastEvent;
  #watching = '';
  /** @type {Set<string>} */
  #stale = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gatherer;
  #actions = {
    /** @param {Batch} batch */
    isSureToKill: batch => isSure(`Kill job ${batch.id}, ${batch.name}?`, { yes: 'Kill', no: 'Let it run' }),
    /** @param {Batch} batch */
    kill: batch => this.#kill(batch),
    /** @param {Batch} batch */
    rerun: batch => this.#rerun(batch),
  };

  /** @param {Client} client */
  constructor(client) {
    this.#client = client;
    const shared = { client, actions: this.#actions };
    this.#running = new JobTable(byId('running', HTMLElement), {
      ...shared,
      states: liveStates,
      label: 'Running and waiting jobs',
      empty: 'Nothing runs.',
    });
    this.#finished = new JobTable(byId('finished', HTMLElement), {
      ...shared,
      states: endedStates,
      label: 'Finished jobs',
      empty: 'Nothing has run yet.',
    });
  }

  open() {
    const { signal } = this.#closing;
    showClusters([]);
    addEventListener('hashchange', () => void this.#route(true), { signal });
    addEventListener('keydown', event => this.#onKey(event), { signal });
    // A browser has few connections to one server: a page that nobody looks at holds none.
    document.addEventListener('visibilitychange', () => this.#listen(), { signal });
    const ticking = setInterval(() => this.#tick(), 1000);
    signal.addEventListener('abort', () => clearInterval(ticking));
    this.#listen();
  }

  close() {
    this.#closing.abort();
    this.#following?.abort();
    clearTimeout(this.#gatherer);
    this.#showDetail(undefined);
    this.#notice(undefined);
    for (const question of document.querySelectorAll('dialog')) question.close();
  }

  #listen() {
    this.#following?.abort();
    this.#following = undefined;
    if (document.hidden) return this.#detail?.log.close();
    this.#detail?.log.open();
    const following = new AbortController();
    this.#following = following;
    const query = this.#watching === '' ? '' : `?${this.#watching}`;
    const connection = byId('connection', HTMLElement);
    void this.#client
      .follow(`/events${query}`, {
        signal: following.signal,
        lastId: this.#lastEvent,
        onEvent: ({ event, id, data }) => {
          // Before anything was told, all is read.
          const isFirst = this.#lastEvent === undefined;
          this.#lastEvent = id ?? this.#lastEvent;
          if (event === 'changed') this.#gather(`${data.topic} ${data.id}`);
          if (event === 'reset' || (event === 'ready' && isFirst)) this.#gather('all');
        },
        onConnection: isThere => {
          setText(connection, isThere ? '' : 'The server does not answer; trying again …');
        },
      })
      .catch(error => this.#failed(error));
  }

  /** @param {string} change */
  #gather(change) {
    this.#stale.add(change);
    this.#gatherer ??= setTimeout(() => {
      this.#gatherer = undefined;
      const stale = [...this.#stale];
      this.#stale.clear();
      void this.#refresh(stale).catch(error => this.#failed(error));
    }, gathering);
  }

  /** @param {readonly string[]} stale */
  async #refresh(stale) {
    const of = (/** @type {string} */ topic) =>
      stale.flatMap(change => (change.startsWith(`${topic} `) ? [Number(change.split(' ')[1])] : []));
    const batches = of('batch');
    const isAll = stale.includes('all');
    const hadFocus = this.#focusedJob();
    if (isAll || of('cluster').length > 0) showClusters((await this.#client.get('/clusters')).clusters);
    if (isAll || batches.length > singles) {
      await Promise.all([this.#running.load(), this.#finished.load()]);
      if (this.#detail) await this.#refreshBatch(this.#detail.batch.id);
    } else {
      if (of('queue').length > 0) await this.#running.load();
      const shown = this.#detail?.batch;
      const waits = of('queue').length > 0 && shown?.state === 'not_started' ? [shown.id] : [];
      await Promise.all([...new Set([...batches, ...waits])].map(id => this.#refreshBatch(id)));
    }
    if (isAll) {
      byId('deck', HTMLElement).hidden = false;
      await this.#route(false);
    }
    if (hadFocus !== undefined && document.activeElement === document.body) this.#row(hadFocus)?.link.focus();
    const live = [...this.#running.rows.keys()].slice(0, watched);
    const progress = isAll
      ? live
      : of('progress').filter(id => live.includes(id) || id === this.#detail?.batch.id);
    await Promise.all([...new Set(progress)].map(id => this.#refreshProgress(id)));
    this.#watch();
  }

  /** @param {number} id */
  async #refreshBatch(id) {
    try {
      const batch = await this.#client.get(`/batches/${id}`);
      // Of two answers the later asked may come first.
      if (batch.revision < (this.#row(id)?.batch.revision ?? 0)) return;
      const hasEnded = this.#running.rows.has(id) && !isLive(batch);
      this.#running.put(batch);
      this.#finished.put(batch);
      this.#row(id)?.select(id === this.#detail?.batch.id);
      if (id !== this.#detail?.batch.id) return;
      this.#detail.update(batch);
      if (hasEnded) await this.#refreshProgress(id);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      this.#running.remove(id);
      this.#finished.remove(id);
      if (id === this.#detail?.batch.id) location.hash = '#/';
    }
  }

  /** @param {number} id */
  async #refreshProgress(id) {
    try {
      const progress = await this.#client.get(`/batches/${id}/progress`);
      this.#row(id)?.updateProgress(progress);
      if (id === this.#detail?.batch.id) this.#detail.updateProgress(progress);
    } catch (error) {
      // It was removed meanwhile, of which another event tells.
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
    }
  }

  /** Tells the server whose progress is looked at, when that has changed. */
  #watch() {
    const ids = [...this.#running.rows.keys()].toSorted((a, b) => b - a).slice(0, watched);
    const watching = new URLSearchParams(ids.map(id => ['watch', String(id)])).toString();
    if (watching === this.#watching || this.#closing.signal.aborted) return;
    this.#watching = watching;
    this.#listen();
  }

  /** Shows the job that the address names. @param {boolean} byPerson Then the focus goes there. */
  async #route(byPerson) {
    const [, id] = /^#\/jobs\/(\d{1,15})$/.exec(location.hash) ?? [];
    if (id === undefined) {
      if (/^(#\/?)?$/.test(location.hash)) this.#showDetail(undefined);
      return;
    }
    if (Number(id) === this.#detail?.batch.id) return;
    try {
      this.#notice(undefined);
      const asked = location.hash;
      const batch = await this.#client.get(`/batches/${id}`);
      if (location.hash !== asked || this.#closing.signal.aborted) return;
      this.#showDetail(batch);
      if (byPerson) this.#detail?.heading.focus();
      else this.#detailPlace.scrollIntoView({ block: 'nearest' });
      await this.#refreshProgress(Number(id));
    } catch (error) {
      this.#showDetail(undefined);
      this.#failed(error);
    }
  }

  /** @param {Batch | undefined} batch */
  #showDetail(batch) {
    const before = this.#detail;
    const hadFocus = this.#detailPlace.contains(document.activeElement);
    before?.log.close();
    this.#detail =
      batch &&
      new Detail(batch, {
        client: this.#client,
        actions: this.#actions,
        onClose: () => (location.hash = '#/'),
      });
    this.#detailPlace.replaceChildren(...(this.#detail?.elements ?? []));
    this.#detailPlace.hidden = !this.#detail;
    this.#detail?.log.open();
    if (before) this.#row(before.batch.id)?.select(false);
    if (batch) this.#row(batch.id)?.select(true);
    if (before && !batch && hadFocus) this.#row(before.batch.id)?.link.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== 'Escape' || document.querySelector('dialog[open]') || !this.#detail) return;
    location.hash = '#/';
  }

  /** @param {Batch} batch */
  async #kill(batch) {
    await this.#act(async () => {
      const { state } = await this.#client.post(`/batches/${batch.id}/kill`);
      this.#say(`Job ${batch.id} ${state === 'killed' ? 'was killed' : 'had ended by itself'}.`);
    });
  }

  /** @param {Batch} batch */
  async #rerun(batch) {
    // A name for this wish: sent twice, it is one run all the same.
    const key = crypto.getRandomValues(new Uint32Array(4)).join('-');
    await this.#act(async () => {
      const again = await this.#client.post(`/batches/${batch.id}/rerun`, {}, { 'idempotency-key': key });
      this.#say(`Job ${batch.id} runs again as job ${again.id}.`);
      location.hash = `#/jobs/${again.id}`;
    });
  }

  /** @param {() => Promise<void>} act */
  async #act(act) {
    try {
      this.#notice(undefined);
      await act();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {number} id */
  #row(id) {
    return this.#running.rows.get(id) ?? this.#finished.rows.get(id);
  }

  #focusedJob() {
    const rows = [...this.#running.rows.values(), ...this.#finished.rows.values()];
    return rows.find(({ element }) => element.contains(document.activeElement))?.batch.id;
  }

  #tick() {
    if (document.hidden) return;
    for (const row of this.#running.rows.values()) row.tick(Date.now());
    if (this.#detail && isLive(this.#detail.batch)) this.#detail.tick();
  }

  /** @param {unknown} error */
  #failed(error) {
    // The page asks for a token then.
    if (this.#closing.signal.aborted || (error instanceof Refusal && error.status === 401)) return;
    this.#notice(
      error instanceof Refusal ? error.message : 'The server does not answer. Is it still running?',
    );
  }

  /** @param {string | undefined} text */
  #notice(text) {
    show(byId('notice', HTMLElement), text);
  }

  /** For who hears the page rather than sees it. @param {string} text */
  #say(text) {
    setText(byId('said', HTMLElement), text);
  }
}
