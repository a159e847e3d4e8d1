import { button, el } from './elements.js';
import { columns, JobRow } from './jobRow.js';
/** @typedef {import('../../../protocol/batch.ts').Batch} Batch */
/** @typedef {import('./jobRow.js').Actions} Actions */

const pageSize = 50;

/** The jobs of some states, the newest first, a page at a time. */
export class JobTable {
  /** @type {Map<number, JobRow>} */
  rows = new Map();
  #client;
  #states;
  #actions;
  #body = el('tbody');
  #table;
  #empty;
  #more;
  /** @type {number | undefined} the cursor of the page that isn't shown yet */
  #next;

  /**
   * @param {HTMLElement} place
   * @param {{ client: import('./client.js').Client, states: readonly string[], actions: Actions, label: string, empty: string }} options
   */
  constructor(place, { client, states, actions, label, empty }) {
    this.#client = client;
    this.#states = states;
    this.#actions = actions;
    const head = el('tr', {}, ...columns.map(name => el('th', { scope: 'col' }, name)));
    this.#table = el('table', { 'aria-label': label }, el('thead', {}, head), this.#body);
    this.#empty = el('p', { class: 'quiet' }, empty);
    this.#more = button('Show older ones', () => this.#loadMore());
    this.#more.hidden = true;
    place.replaceChildren(this.#table, this.#empty, this.#more);
    this.#changed();
  }

  /** Reads all again, as many as are shown. */
  async load() {
    const limit = Math.min(1000, Math.max(pageSize, this.rows.size));
    const { batches, next } = await this.#page(limit, undefined);
    const ids = new Set(batches.map(({ id }) => id));
    for (const id of [...this.rows.keys()]) if (!ids.has(id)) this.remove(id);
    this.#next = next;
    for (const batch of batches) this.put(batch);
    this.#changed();
  }

  /** Shows a job as it is now, if it is of these states. @param {Batch} batch */
  put(batch) {
    if (!this.#states.includes(batch.state)) return this.remove(batch.id);
    const row = this.rows.get(batch.id);
    if (row) return row.update(batch);
    // It is on a page that isn't shown.
    if (this.#next !== undefined && batch.id < this.#next) return;
    const added = new JobRow(batch, this.#actions);
    const older = [...this.rows.values()].filter(({ batch: { id } }) => id < batch.id);
    const below = older.toSorted((a, b) => b.batch.id - a.batch.id)[0];
    this.#body.insertBefore(added.element, below?.element ?? null);
    this.rows.set(batch.id, added);
    this.#changed();
  }

  /** @param {number} id */
  remove(id) {
    this.rows.get(id)?.element.remove();
    this.rows.delete(id);
    this.#changed();
  }

  async #loadMore() {
    const { batches, next } = await this.#page(pageSize, this.#next);
    this.#next = next;
    for (const batch of batches) this.put(batch);
    this.#changed();
  }

  /** @param {number} limit @param {number | undefined} cursor @returns {Promise<{ batches: Batch[], next?: number }>} */
  async #page(limit, cursor) {
    const query = new URLSearchParams({ limit: String(limit) });
    if (cursor !== undefined) query.set('cursor', String(cursor));
    for (const state of this.#states) query.append('state', state);
    return this.#client.get(`/batches?${query}`);
  }

  #changed() {
    this.#table.hidden = this.rows.size === 0;
    this.#empty.hidden = this.rows.size > 0;
    this.#more.hidden = this.#next === undefined;
  }
}
