import { badge } from './clusters.js';
import { button, el, linkTo, setText } from './elements.js';
import { JobLog } from './jobLog.js';
import { actionButton } from './jobRow.js';
import {
  callSite,
  durationText,
  formatTime,
  isLive,
  placeText,
  stateText,
  submittedAt,
  tasksText,
} from './texts.js';
/** @typedef {import('../../../protocol/batch.ts').Batch} Batch */
/** @typedef {import('../../../protocol/batch.ts').BatchProgress} BatchProgress */

/** Of Spark's jobs, the newest; a notebook's run can have thousands. */
const shownJobs = 30;

/** All that is known of one job, with its output. */
export class Detail {
  #actions;
  #facts = el('dl');
  #tasks = el('div');
  #buttons = el('div', { class: 'buttons' });
  /** @type {boolean | undefined} */
  #wasLive;

  /**
   * @param {Batch} batch
   * @param {{ client: import('./client.js').Client, actions: import('./jobRow.js').Actions, onClose: () => void }} options
   */
  constructor(batch, { client, actions, onClose }) {
    this.batch = batch;
    this.#actions = actions;
    this.heading = el('h2', { id: 'detail-heading', tabindex: '-1' }, `Job ${batch.id}: ${batch.name}`);
    this.log = new JobLog(client, batch.id);
    const close = button('Close', onClose, { 'aria-label': 'Close the details' });
    this.elements = [
      el('div', { class: 'bar' }, this.heading, this.#buttons, close),
      this.#facts,
      this.#tasks,
      this.log.element,
    ];
    this.update(batch);
  }

  /** @param {Batch} batch */
  update(batch) {
    this.batch = batch;
    const live = isLive(batch);
    if (live !== this.#wasLive) {
      const hadFocus = this.#buttons.contains(document.activeElement);
      this.#buttons.replaceChildren(actionButton(() => this.batch, this.#actions));
      if (hadFocus) this.#buttons.querySelector('button')?.focus();
    }
    this.#wasLive = live;
    this.#facts.replaceChildren(
      ...facts(batch).flatMap(([name, ...value]) => [el('dt', {}, name), el('dd', {}, ...value)]),
    );
  }

  /** @param {BatchProgress} progress */
  updateProgress({ jobs, tasks, executors, waitingForResources, unavailable }) {
    const newest = jobs.slice(-shownJobs);
    this.#tasks.hidden = jobs.length === 0 && !waitingForResources && unavailable === undefined;
    this.#tasks.replaceChildren(
      el('h3', {}, 'Progress'),
      el(
        'p',
        {},
        tasksText(tasks),
        executors > 0 ? ` on ${executors} ${executors === 1 ? 'executor' : 'executors'}` : '',
        waitingForResources ? '. It waits for the cluster to give it an executor.' : '',
      ),
      ...(unavailable === undefined ? [] : [el('p', { class: 'quiet' }, unavailable)]),
      el('ul', { class: 'spark-jobs' }, ...newest.map(jobItem)),
      ...(jobs.length > newest.length
        ? [el('p', { class: 'quiet' }, `${jobs.length - newest.length} older ones are left out.`)]
        : []),
    );
  }

  tick() {
    const time = this.#facts.querySelector('.time');
    if (time) setText(time, durationText(this.batch, Date.now()));
  }
}

/** @param {Batch} batch @returns {[name: string, ...value: (Node | string)[]][]} */
function facts(batch) {
  const { request, appId, reason, rerunOf, sparkUiUrl, team } = batch;
  const now = Date.now();
  /** @type {[boolean, string, ...(Node | string)[]][]} */
  const all = [
    [true, 'State', badge(batch.state, stateText(batch))],
    [reason !== undefined && batch.state !== 'success', 'Why', el('span', { class: 'reason' }, reason ?? '')],
    [true, 'File', el('code', {}, request.file)],
    [request.className !== undefined, 'Class', el('code', {}, request.className ?? '')],
    [
      (request.args ?? []).length > 0,
      'Arguments',
      el('code', {}, (request.args ?? []).map(quoted).join(' ')),
    ],
    [placeText(batch) !== '', 'Where', placeText(batch)],
    [team !== undefined, 'Team', team ?? ''],
    [true, 'Submitted', formatTime(submittedAt(batch), now)],
    [durationText(batch, now) !== '', 'Time', el('span', { class: 'time' }, durationText(batch, now))],
    [appId !== undefined, 'Application', el('code', {}, appId ?? '')],
    [sparkUiUrl !== undefined && isLive(batch), "Spark's page", linkTo(sparkUiUrl ?? '', sparkUiUrl ?? '')],
    [rerunOf !== undefined, 'Again', el('a', { href: `#/jobs/${rerunOf}` }, `job ${rerunOf}`)],
  ];
  return all.flatMap(([isThere, name, ...value]) => (isThere ? [[name, ...value]] : []));
}

/** @param {BatchProgress['jobs'][number]} job */
function jobItem({ id, name, state, tasks }) {
  const bar = el('progress', {
    max: String(Math.max(1, tasks.total)),
    value: String(tasks.completed),
    'aria-label': `Spark job ${id}`,
  });
  return el(
    'li',
    { class: state },
    el('span', { class: 'name' }, `${id}. ${callSite(name)}`),
    bar,
    el('span', { class: 'quiet' }, state === 'failed' ? `failed, ${tasksText(tasks)}` : tasksText(tasks)),
  );
}

/** @param {string} argument */
function quoted(argument) {
  return /^[\w./:=@%+,-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
