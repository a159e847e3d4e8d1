import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether one of these processes accepts connections at this TCP port. Reads Linux's /proc; see proc(5). */
export function isListening(pids: readonly number[], port: number): boolean {
  return pids.some(pid => {
    try {
      const sockets = new Set(
        ['tcp', 'tcp6'].flatMap(table => listenersAt(port, `/proc/${pid}/net/${table}`)),
      );
      return sockets.size > 0 && readdirSync(`/proc/${pid}/fd`).some(fd => sockets.has(targetOf(pid, fd)));
    } catch {
      return false; // It has ended, or is another user's.
    }
  });
}

/** As a file descriptor's link names them. */
function listenersAt(port: number, table: string): string[] {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(table, 'utf8')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(ending) && state === listen)
    .map(fields => `socket:[${fields[9]}]`);
}

function targetOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return ''; // closed since
  }
}

/** TCP_LISTEN of Linux's include/net/tcp_states.h. */
const listen = '0A';
