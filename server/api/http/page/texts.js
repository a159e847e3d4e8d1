/** @typedef {import('../../../protocol/batch.ts').Batch} Batch */
/** @typedef {import('../../../protocol/batch.ts').TaskCounts} TaskCounts */

/** @type {Readonly<Record<Batch['state'], string>>} */
const stateWords = {
  not_started: 'waiting',
  starting: 'starting',
  running: 'running',
  success: 'succeeded',
  dead: 'failed',
  killed: 'killed',
};

/** The states of a job that hasn't ended, and of one that has. */
export const liveStates = ['not_started', 'starting', 'running'];
export const endedStates = ['success', 'dead', 'killed'];

/** @param {Batch} batch */
export function isLive(batch) {
  return liveStates.includes(batch.state);
}

/** @param {Batch} batch */
export function stateText({ state, queuePosition, killRequestedAt, exitCode }) {
  if (killRequestedAt !== undefined && liveStates.includes(state)) return 'being killed';
  if (state === 'not_started' && queuePosition !== undefined) {
    return queuePosition === 1 ? 'waiting, next' : `waiting, place ${queuePosition}`;
  }
  if (state === 'dead' && exitCode !== undefined) return `failed, exit code ${exitCode}`;
  return stateWords[state];
}

/** Where it runs. @param {Batch} batch */
export function placeText({ cluster, master }) {
  return cluster ?? master ?? '';
}

/** @param {Batch} batch @returns {number} milliseconds since 1970 */
export function submittedAt({ transitions }) {
  return transitions[0]?.at ?? 0;
}

/**
 * How long it has run or ran; empty before it began.
 * @param {Batch} batch
 * @param {number} now
 */
export function durationText(batch, now) {
  const began = batch.transitions.find(({ state }) => state === 'starting' || state === 'running');
  if (!began) return '';
  const last = batch.transitions.at(-1);
  return formatDuration((isLive(batch) ? now : (last?.at ?? now)) - began.at);
}

/** @param {TaskCounts} tasks */
export function tasksText({ total, completed, failed, active }) {
  if (total === 0) return 'no tasks yet';
  const more = [active > 0 ? `${active} running` : '', failed > 0 ? `${failed} failed` : ''];
  return [`${completed} of ${total} tasks`, ...more].filter(text => text !== '').join(', ');
}

/** "0.4 s", "12 s", "3 min 05 s", "2 h 03 min". @param {number} milliseconds */
export function formatDuration(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** The time of day, and the day as well when it isn't today's. @param {number} at @param {number} now */
export function formatTime(at, now) {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':');
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${[date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-')} ${time}`;
}

/**
 * A job without a name of its own, which Spark names by its place in the program, without the folders of that.
 * @param {string} name
 */
export function callSite(name) {
  return name.replace(/ at (?:\/|[A-Za-z]:[\\/]|file:).*[\\/]([^\\/]+:\d+)$/, ' at $1');
}

/** @param {number} number */
function pad(number) {
  return String(number).padStart(2, '0');
}
