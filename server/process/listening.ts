import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Whether one of these processes accepts connections to 127.0.0.1 at this TCP port. Reads Linux's /proc; see proc(5).
 * One that is in another network namespace doesn't.
 */
export function isListening(pids: readonly number[], port: number): boolean {
  const sockets = new Set(['tcp', 'tcp6'].flatMap(table => listenersAt(port, table)));
  return sockets.size > 0 && pids.some(pid => descriptorsOf(pid).some(target => sockets.has(target)));
}

/** As a file descriptor's link names them. */
function listenersAt(port: number, table: string): string[] {
  const locals = addresses.map(address => `${address}:${port.toString(16).toUpperCase().padStart(4, '0')}`);
  return readTable(table)
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => locals.includes(local) && state === listen)
    .map(fields => `socket:[${fields[9]}]`);
}

function readTable(name: string): string {
  try {
    return readFileSync(`/proc/self/net/${name}`, 'utf8');
  } catch {
    return ''; // A kernel without IPv6 has no tcp6.
  }
}

/** What a process has open; nothing of one that has ended or is another user's. */
function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(fd => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ''; // closed since
      }
    });
  } catch {
    return [];
  }
}

/** Any address and 127.0.0.1, in IPv4 and as IPv6 has them, by words of a little-endian machine. */
const addresses = [
  '00000000',
  '0100007F',
  '00000000000000000000000000000000',
  '0000000000000000FFFF00000100007F',
];
/** TCP_LISTEN of Linux's include/net/tcp_states.h. */
const listen = '0A';
