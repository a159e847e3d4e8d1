/** A process may fall so often within so many milliseconds before it is given up. */
const reviveLimit = 3;
const reviveWindow = 10 * 60_000;

/** A process of a cluster that should be running, as it was found. */
export interface Part {
  role: string;
  isUp: boolean;
  /** whether it fell too often before */
  isGivenUp: boolean;
  /** when each of its launches began, in milliseconds since 1970 */
  launches: readonly number[];
}

export interface Revival {
  /** roles to be started again */
  start: string[];
  /** roles of workers that stay down */
  givenUp: string[];
  /** roles without which the cluster can't go on: its master, or all of its workers */
  lost: string[];
}

/** What to do about processes that fell. A worker is given up alone; a cluster only when nothing can run on it any more. */
export function planRevival(master: Part, workers: readonly Part[], now: number): Revival {
  const isLost = ({ isUp, isGivenUp, launches }: Part): boolean =>
    !isUp && (isGivenUp || launches.filter(at => at > now - reviveWindow).length > reviveLimit);
  const lostWorkers = workers.filter(isLost);
  const givenUp = lostWorkers.map(({ role }) => role);
  if (isLost(master)) return { start: [], givenUp, lost: [master.role] };
  if (givenUp.length === workers.length) return { start: [], givenUp, lost: givenUp };
  const start = [master, ...workers].filter(part => !part.isUp && !lostWorkers.includes(part));
  return { start: start.map(({ role }) => role), givenUp, lost: [] };
}
