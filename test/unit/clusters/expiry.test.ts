import assert from 'node:assert/strict';
import { expiryStep } from '../../../server/clusters/expiry.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('clusters/expiry', () => {
  const cases: [
    what: string,
    life: number | undefined,
    age: number,
    told: boolean,
    wanted: string | undefined,
  ][] = [
    ['lets be what has no end', undefined, 1000 * hour, false, undefined],
    ['lets be what is young', 24 * hour, hour, false, undefined],
    ['tells a quarter of an hour before', 24 * hour, 24 * hour - 15 * minute, false, 'warn'],
    ['tells once', 24 * hour, 24 * hour - 15 * minute, true, undefined],
    ['does not tell of a short life from its beginning', 10 * minute, 7 * minute, false, undefined],
    ['tells a fifth of a short life before', 10 * minute, 8 * minute, false, 'warn'],
    ['stops at the end', 24 * hour, 24 * hour, true, 'stop'],
    ['stops also when nobody was told, since the backend was away', 24 * hour, 48 * hour, false, 'stop'],
  ];
  for (const [what, life, age, told, wanted] of cases) {
    it(what, () => {
      const cluster = {
        createdAt: hour,
        ...(life !== undefined && { expiresAt: hour + life }),
        ...(told && { notice: 'told' }),
      };
      assert.equal(expiryStep(cluster, hour + age)?.step, wanted);
    });
  }
});
