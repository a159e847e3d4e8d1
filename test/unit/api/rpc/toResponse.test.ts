import assert from 'node:assert/strict';
import { toResponse } from '../../../../server/api/rpc/toResponse.ts';
import { SparkdeckError } from '../../../../server/protocol/errors.ts';

describe('api/rpc/toResponse', () => {
  const waiting = new AbortController().signal;
  const gone = AbortSignal.abort();
  const cases: [string, unknown, AbortSignal, string, number][] = [
    ['what was foreseen', new SparkdeckError('batch.missing', 'None.'), waiting, 'batch.missing', 0],
    ['the same, when nobody waits', new SparkdeckError('batch.missing', 'None.'), gone, 'batch.missing', 0],
    ['a request that was given up, or lost its client', gone.reason, gone, 'request.cancelled', 0],
    ['what nobody foresaw', new TypeError('x is undefined'), waiting, 'internal', 1],
    ['something thrown that is no error', 'odd', waiting, 'internal', 1],
  ];
  for (const [what, error, signal, code, lines] of cases) {
    it(what, () => {
      const log: string[] = [];
      const response = toResponse(error, signal, line => log.push(line));
      assert.deepEqual([response.data?.code, log.length], [code, lines]);
    });
  }
});
