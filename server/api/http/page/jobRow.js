import { button, el, setText } from './elements.js';
import { durationText, formatTime, isLive, placeText, stateText, submittedAt, tasksText } from './texts.js';
/** @typedef {import('../../../protocol/batch.ts').Batch} Batch */
/** @typedef {import('../../../protocol/batch.ts').BatchProgress} BatchProgress */
/** @typedef {{ isSureToKill: (batch: Batch) => Promise<boolean>, kill: (batch: Batch) => Promise<void>, rerun: (batch: Batch) => Promise<void> }} Actions */

export const columns = ['Job', 'State', 'Where', 'Submitted', 'Time', 'Tasks', ''];

/** A job's line in a table. It stays the same element as long as it is there, so that the keyboard's focus stays too. */
export class JobRow {
  #state = el('span', { class: 'state' });
  #place = el('td');
  #submitted = el('td', { class: 'number' });
  #duration = el('td', { class: 'number' });
  #tasks = el('td');
  #bar = el('progress', { 'aria-label': 'Tasks', max: '1', value: '0' });
  #count = el('span', { class: 'quiet' });

  /** @param {Batch} batch @param {Actions} actions */
  constructor(batch, actions) {
    this.batch = batch;
    this.link = el('a', { href: `#/jobs/${batch.id}` }, batch.name);
    this.element = el(
      'tr',
      {},
      el('th', { scope: 'row' }, el('span', { class: 'quiet number' }, `${batch.id} `), this.link),
      el('td', {}, this.#state),
      this.#place,
      this.#submitted,
      this.#duration,
      this.#tasks,
      el(
        'td',
        { class: 'buttons' },
        actionButton(() => this.batch, actions),
      ),
    );
    this.element.addEventListener('click', ({ target }) => {
      // What is selected with the mouse is to be copied.
      if (
        target instanceof Element &&
        !target.closest('a, button') &&
        getSelection()?.isCollapsed !== false
      ) {
        this.link.click();
      }
    });
    this.update(batch);
  }

  /** @param {Batch} batch */
  update(batch) {
    this.batch = batch;
    setText(this.#state, stateText(batch));
    this.#state.className = `state ${batch.state}`;
    if (batch.reason !== undefined) this.#state.title = batch.reason;
    setText(this.#place, placeText(batch));
    this.tick(Date.now());
  }

  /** @param {BatchProgress} progress */
  updateProgress({ tasks }) {
    if (tasks.total === 0) return;
    if (!this.#bar.isConnected) this.#tasks.append(this.#bar, this.#count);
    this.#bar.max = Math.max(1, tasks.total);
    this.#bar.value = tasks.completed;
    setText(this.#count, tasksText(tasks));
  }

  /** @param {number} now */
  tick(now) {
    setText(this.#submitted, formatTime(submittedAt(this.batch), now));
    setText(this.#duration, durationText(this.batch, now));
  }

  /** @param {boolean} isSelected */
  select(isSelected) {
    this.element.classList.toggle('selected', isSelected);
    if (isSelected) this.link.setAttribute('aria-current', 'true');
    else this.link.removeAttribute('aria-current');
  }
}

/** Kill or Rerun, whichever makes sense. @param {() => Batch} current @param {Actions} actions */
export function actionButton(current, actions) {
  const batch = current();
  const verb = isLive(batch) ? 'Kill' : 'Rerun';
  let isBusy = false;
  const element = button(
    verb,
    async () => {
      if (isBusy) return;
      if (verb === 'Kill' && !(await actions.isSureToKill(current()))) return;
      isBusy = true;
      // Not `disabled`: that would take the keyboard's focus away.
      element.setAttribute('aria-disabled', 'true');
      await (verb === 'Kill' ? actions.kill : actions.rerun)(current());
      element.removeAttribute('aria-disabled');
      isBusy = false;
    },
    { 'aria-label': `${verb} job ${batch.id}, ${batch.name}`, ...(verb === 'Kill' && { class: 'danger' }) },
  );
  return element;
}
