import assert from 'node:assert/strict';
import { planRevival, type Part, type Revival } from '../../../server/clusters/revival.ts';

const now = 1_000_000_000;
const minutesAgo = (...minutes: number[]): number[] => minutes.map(each => now - each * 60_000);
const up = (role: string, launches = minutesAgo(1)): Part => ({
  role,
  isUp: true,
  isGivenUp: false,
  launches,
});
const down = (role: string, launches = minutesAgo(1), isGivenUp = false): Part => ({
  role,
  isUp: false,
  isGivenUp,
  launches,
});
const often = minutesAgo(9, 6, 3, 1);

describe('clusters/revival', () => {
  const cases: [string, Part, Part[], Partial<Revival>][] = [
    ['lets be what is up', up('master'), [up('worker-1')], {}],
    ['starts what fell', down('master'), [up('a'), down('b')], { start: ['master', 'b'] }],
    ['starts what never got to its launch', up('master'), [down('a', [])], { start: ['a'] }],
    [
      'starts what fell often, long ago',
      up('master'),
      [down('a', minutesAgo(50, 40, 30, 1))],
      { start: ['a'] },
    ],
    ['lets be what fell often and is up', up('master', often), [up('a', often)], {}],
    [
      'gives a worker up alone',
      up('master'),
      [down('a', often), down('b')],
      { start: ['b'], givenUp: ['a'] },
    ],
    [
      'keeps a worker given up when its falls are long ago',
      up('master'),
      [down('a', minutesAgo(50), true), up('b')],
      { givenUp: ['a'] },
    ],
    ['loses a cluster with its master', down('master', often), [up('a'), down('b')], { lost: ['master'] }],
    [
      'loses a cluster with the last of its workers',
      up('master'),
      [down('a', [], true), down('b', often)],
      { givenUp: ['a', 'b'], lost: ['a', 'b'] },
    ],
  ];
  for (const [what, master, workers, expected] of cases) {
    it(what, () => {
      assert.deepEqual(planRevival(master, workers, now), { start: [], givenUp: [], lost: [], ...expected });
    });
  }
});
