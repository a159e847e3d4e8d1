import assert from 'node:assert/strict';
import { SharedWork } from '../../../server/runtimes/sharedWork.ts';

describe('SharedWork', () => {
  it('does the work of a key once, and tells all who wait how far it is', async () => {
    const shared = new SharedWork<string>();
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const work = async (report: (r: string) => void): Promise<void> => {
      runs += 1;
      report('begun');
      await gate.promise;
      report('ended');
    };
    const early: string[] = [];
    const late: string[] = [];
    const first = shared.join('a', r => early.push(r), work);
    await new Promise(setImmediate);
    const second = shared.join('a', r => late.push(r), work);
    gate.resolve();
    await Promise.all([first, second]);
    assert.equal(runs, 1);
    assert.deepEqual(early, ['begun', 'ended']);
    assert.deepEqual(late, ['begun', 'ended']);
    await shared.join('a', () => {}, work);
    assert.equal(runs, 2, 'what has ended is done anew');
  });

  it('fails for all who wait, and can be tried again', async () => {
    const shared = new SharedWork<string>();
    const fail = (): Promise<void> => Promise.reject(new Error('no'));
    const both = await Promise.allSettled([
      shared.join('a', () => {}, fail),
      shared.join('a', () => {}, fail),
    ]);
    assert.deepEqual(
      both.map(one => one.status),
      ['rejected', 'rejected'],
    );
    await shared.join(
      'a',
      () => {},
      () => Promise.resolve(),
    );
  });
});
