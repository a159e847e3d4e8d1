import { Transform } from 'node:stream';
import { SparkdeckError } from '../../protocol/errors.ts';

/**
 * Passes a body through, and fails when it takes too long in all or pauses for too long: a client that sends a byte a
 * minute holds nothing up. Node's own time-out for requests closes the connection without a word in the dialect's shape.
 * @param limits milliseconds
 */
export function bodyClock(limits: {
  total: number;
  pause: number;
}): Transform & { receivedEncodedLength: number } {
  const late = (): void => {
    clock.destroy(
      new SparkdeckError(
        'request.slow',
        'The body came too slowly, so the request was given up. Send it again.',
      ),
    );
  };
  const total = setTimeout(late, limits.total).unref();
  const pause = setTimeout(late, limits.pause).unref();
  const stop = (): void => {
    clearTimeout(total);
    clearTimeout(pause);
  };
  const clock = Object.assign(
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        pause.refresh();
        // Fastify compares it with the header Content-Length.
        clock.receivedEncodedLength += chunk.length;
        done(null, chunk);
      },
      // All of it has come, whether somebody reads it or not.
      flush(done) {
        stop();
        done();
      },
      destroy(error, done) {
        stop();
        done(error);
      },
    }),
    { receivedEncodedLength: 0 },
  );
  // Of a request that was refused before its body was looked at, nobody reads the body.
  return clock.on('error', () => undefined);
}
