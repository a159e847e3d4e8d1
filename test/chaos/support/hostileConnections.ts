import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Things to do to a server by connections of one's own. */
export interface HostileConnection {
  what: string;
  times: number;
  /** @param patience milliseconds */
  act: (patience: number) => Promise<void>;
}

const host = 'Host: localhost\r\n';
const json = 'Content-Type: application/json\r\n';

export function hostileConnections(port: number, id: number): HostileConnection[] {
  const native = '/api/sparkdeck/v1';
  const kinds: [what: string, times: number, text: string][] = [
    ['headers that never end', 100, `GET /healthz HTTP/1.1\r\n${host}X-Slow: `],
    ['headers of a megabyte', 20, `GET /healthz HTTP/1.1\r\n${host}X-Large: ${'x'.repeat(2 ** 20)}\r\n\r\n`],
    [
      'bad chunks',
      50,
      `POST ${native}/batches HTTP/1.1\r\n${host}${json}Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n`,
    ],
    [
      'a chunk without an end',
      50,
      `POST ${native}/batches HTTP/1.1\r\n${host}${json}Transfer-Encoding: chunked\r\n\r\nfffffffff\r\nxx`,
    ],
    [
      'two lengths',
      50,
      `POST ${native}/batches HTTP/1.1\r\n${host}${json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    ],
    [
      'a body that stops',
      50,
      `POST ${native}/batches HTTP/1.1\r\n${host}${json}Content-Length: 1000\r\n\r\n{"file":`,
    ],
    [
      'an upload that stops',
      50,
      `PUT ${native}/uploads/stalled.py HTTP/1.1\r\n${host}Content-Length: 1000000\r\n\r\nprint(`,
    ],
    [
      'an upload that says it is huge',
      20,
      `PUT ${native}/uploads/huge.py HTTP/1.1\r\n${host}Content-Length: 999999999999999\r\n\r\nprint(`,
    ],
    [
      'an upgrade',
      50,
      `GET ${native}/events HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n\x81\xff\x00`,
    ],
    ['ranges', 50, `GET /openapi.json HTTP/1.1\r\n${host}Range: bytes=${'0-,'.repeat(1000)}0-\r\n\r\n`],
    ['no HTTP at all', 50, '\x16\x03\x01'.repeat(10_000)],
    ['event streams', 1000, `GET ${native}/events HTTP/1.1\r\n${host}\r\n`],
    [
      'readers of output that do not read',
      100,
      `GET ${native}/batches/${id}/log/events HTTP/1.1\r\n${host}\r\n`,
    ],
    [
      'readers of all lines that do not read',
      50,
      `GET /batches/${id}/log?from=0&size=-1 HTTP/1.1\r\n${host}\r\n`,
    ],
  ];
  return kinds.map(([what, times, text]) => ({
    what,
    times,
    act: async patience => {
      const sockets: Socket[] = [];
      // A hundred at a time: how many a machine opens at once is its own matter, how many stay open is ours.
      while (sockets.length < times) {
        const more = Array.from({ length: Math.min(100, times - sockets.length) }, () => open(port));
        for (const socket of more) socket.pause().write(text, 'latin1');
        await Promise.all(more.map(socket => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
        sockets.push(...more);
      }
      await new Promise(resolve => setTimeout(resolve, patience));
      while (sockets.length > 0) {
        const fewer = sockets.splice(0, 100);
        for (const socket of fewer) socket.destroy();
        await answered(port);
      }
    },
  }));
}

/** Many requests on one connection without waiting for an answer, of which as much is read as comes in a time. */
export async function pipelined(port: number, path: string, times: number, patience: number): Promise<void> {
  const socket = open(port);
  socket.write(`GET ${path} HTTP/1.1\r\n${host}\r\n`.repeat(times));
  socket.resume();
  await Promise.race([once(socket, 'close'), new Promise(resolve => setTimeout(resolve, patience))]);
  socket.destroy();
}

/** The backend has seen what came before. */
async function answered(port: number): Promise<void> {
  const socket = open(port);
  socket.write(`GET /healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
  await Promise.race([once(socket.resume(), 'close'), once(socket, 'end')]);
}

function open(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => undefined);
}
