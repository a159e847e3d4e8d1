import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { SparkdeckError } from '../../protocol/errors.ts';

/** Characters. Shorter answers aren't counted: the number of connections bounds them. */
const large = 64 * 1024;
/** Characters of all large answers that wait for their clients to take them. */
const budget = 64 * 1024 ** 2;
/** A client that takes nothing of a large answer for so long loses its connection. Milliseconds. */
const patience = 30_000;

/** Bounds what large answers take together until their clients have taken them. */
export class AnswerBudget {
  #waiting = 0;

  /** @throws SparkdeckError backend.busy when there is no room: the answer is dropped */
  take(length: number, response: ServerResponse): void {
    // Of one whose client has gone, no end is told any more, and nothing is kept.
    if (length < large || response.destroyed) return;
    if (this.#waiting + length > budget) {
      throw new SparkdeckError(
        'backend.busy',
        'Too many large answers are on their way to clients. Ask again in a moment, or for less at once.',
      );
    }
    this.#waiting += length;
    response.once('close', () => (this.#waiting -= length));
    // None of a request that a test injects.
    if (response.socket instanceof Socket) response.setTimeout(patience);
  }
}
