import { el, setText } from './elements.js';

/** Bytes of each stream, from the end. */
const tail = 256 * 1024;
/** Characters. A browser grows slow with more. */
const shown = 2_000_000;
/** Colours and movements of a terminal. */
const escapes = new RegExp(String.raw`\u001b\[[0-?]*[ -/]*[@-~]`, 'g');

/** A job's output as it comes. */
export class JobLog {
  #client;
  #id;
  #left = el('p', { class: 'quiet' });
  #pre = el('pre', { tabindex: '0', role: 'log', 'aria-label': 'Output' });
  #choice = el(
    'select',
    {},
    el('option', { value: '' }, 'all output'),
    el('option', { value: 'stdout' }, 'stdout'),
    el('option', { value: 'stderr' }, 'stderr'),
  );
  /** @type {AbortController | undefined} */
  #following;
  /** @type {string | undefined} */
  #last;
  #isOver = false;
  #length = 0;
  /** Whether the end is shown as it comes: until somebody looks further up. */
  #isAtEnd = true;

  /** @param {import('./client.js').Client} client @param {number} id */
  constructor(client, id) {
    this.#client = client;
    this.#id = id;
    const label = el('label', {}, 'Show ', this.#choice);
    this.element = el('div', { class: 'log' }, el('h3', {}, 'Output'), label, this.#left, this.#pre);
    this.#left.hidden = true;
    this.#pre.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#pre;
      this.#isAtEnd = scrollTop + clientHeight >= scrollHeight - 20;
    });
    new ResizeObserver(() => this.#scroll()).observe(this.#pre);
    this.#choice.addEventListener('change', () => this.#restart());
  }

  /** Goes on where it was. */
  open() {
    if (this.#following || this.#isOver) return;
    const following = new AbortController();
    this.#following = following;
    const stream = this.#choice.value;
    const query = `tail=${tail}${stream === '' ? '' : `&streams=${stream}`}`;
    void this.#client
      .follow(`/batches/${this.#id}/log/events?${query}`, {
        signal: following.signal,
        lastId: this.#last,
        onEvent: ({ event, id, data }) => {
          this.#last = id ?? this.#last;
          if (event === 'output') this.#append(data);
          if (event === 'end') this.#end();
        },
      })
      .catch(error => {
        if (!following.signal.aborted) this.#say(String(error.message ?? error));
      });
  }

  close() {
    this.#following?.abort();
    this.#following = undefined;
  }

  #restart() {
    this.close();
    this.#last = undefined;
    this.#isOver = false;
    this.#length = 0;
    this.#left.hidden = true;
    this.#pre.replaceChildren();
    this.open();
  }

  #end() {
    this.#isOver = true;
    if (this.#length === 0) this.#say('There is no output.');
  }

  /** @param {{ chunks: { stream: string, text: string }[], skipped: number }} output */
  #append({ chunks, skipped }) {
    for (const { stream, text } of chunks) {
      const plain = text.replaceAll(escapes, '');
      this.#length += plain.length;
      this.#pre.append(el('span', { class: stream }, plain));
    }
    if (skipped > 0) this.#say('The beginning is left out.');
    while (this.#length > shown && this.#pre.childElementCount > 1) {
      this.#length -= this.#pre.firstElementChild?.textContent?.length ?? 0;
      this.#pre.firstElementChild?.remove();
      this.#say('The beginning is left out.');
    }
    this.#scroll();
  }

  #scroll() {
    if (this.#isAtEnd) this.#pre.scrollTop = this.#pre.scrollHeight;
  }

  /** @param {string} text */
  #say(text) {
    setText(this.#left, text);
    this.#left.hidden = false;
  }
}
