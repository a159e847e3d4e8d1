import assert from 'node:assert/strict';
import { errorTable } from '../../../server/protocol/errors.ts';

describe('protocol/errors', () => {
  it('gives each code a number of its own', () => {
    const numbers = Object.values(errorTable).map(({ rpc }) => rpc);
    assert.equal(new Set(numbers).size, numbers.length);
  });
});
