import { byId, el, linkTo } from './elements.js';
import { formatTime } from './texts.js';
/** @typedef {import('../../../protocol/cluster.ts').Cluster} Cluster */

/** Shows the clusters. @param {readonly Cluster[]} clusters */
export function showClusters(clusters) {
  const list = byId('clusters', HTMLUListElement);
  byId('no-clusters', HTMLElement).hidden = clusters.length > 0;
  list.hidden = clusters.length === 0;
  const hadFocus = list.contains(document.activeElement)
    ? document.activeElement?.getAttribute('href')
    : undefined;
  list.replaceChildren(...clusters.map(card));
  if (hadFocus != null) {
    [...list.querySelectorAll('a')].find(link => link.getAttribute('href') === hadFocus)?.focus();
  }
}

/** @param {Cluster} cluster */
function card({ spec, state, reason, notice, expiresAt, masterUrl, uiUrl, team }) {
  const { name, workers, workerCores, workerMemory } = spec;
  const isUp = state === 'running';
  return el(
    'li',
    { class: 'card' },
    el('h3', {}, name, ' ', badge(state, state)),
    el(
      'p',
      { class: 'quiet' },
      `${workers} ${workers === 1 ? 'worker' : 'workers'}, each ${workerCores} ${workerCores === 1 ? 'core' : 'cores'} and ${workerMemory}`,
      ...(team === undefined ? [] : [`, of ${team}`]),
    ),
    ...(isUp && masterUrl !== undefined ? [el('p', {}, el('code', {}, masterUrl))] : []),
    ...(isUp && uiUrl !== undefined ? [el('p', {}, linkTo(uiUrl, "The master's page"))] : []),
    ...(isUp && expiresAt !== undefined
      ? [el('p', { class: 'quiet' }, `Until ${formatTime(expiresAt, Date.now())}`)]
      : []),
    ...[notice, reason].flatMap(text => (text === undefined ? [] : [el('p', { class: 'reason' }, text)])),
  );
}

/** A state, as a dot of its colour and the word. @param {string} state @param {string} text */
export function badge(state, text) {
  return el('span', { class: `state ${state}` }, text);
}
