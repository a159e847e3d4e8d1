import type { Socket } from 'node:net';
import { Writable } from 'node:stream';

/** How much may wait for a client, in bytes, and for how long it may take nothing of it, in milliseconds. */
export interface Patience {
  bytes: number;
  silence: number;
}

/**
 * Writes to a client without waiting for it. One that doesn't read (its process is suspended) while more and more waits
 * for it is lost, so that the backend's memory stays bounded; a large answer to a client that reads is no reason.
 */
export function boundedWriter(socket: Socket, patience: Patience, onLost: () => void): Writable {
  let waiting = 0;
  let takenAt = 0;
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      // It has gone, or was told to go: nothing reaches it any more.
      if (!socket.writable) return done();
      if (waiting === 0) takenAt = performance.now();
      waiting++;
      socket.write(chunk, () => {
        waiting--;
        takenAt = performance.now();
      });
      if (socket.writableLength > patience.bytes && performance.now() - takenAt > patience.silence) onLost();
      done();
    },
  });
}
