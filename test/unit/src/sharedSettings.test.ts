import assert from 'node:assert/strict';
import { sharedSettings } from '../../../src/settings/sharedSettings.ts';

describe("the data folder's settings, as a window wants them", () => {
  for (const [name, current, before, wanted, next] of [
    ['nothing is wanted', { maxRunning: 3 }, {}, {}, undefined],
    ['all is so already', { keepDays: 7, maxRunning: 3 }, {}, { maxRunning: 3, keepDays: 7 }, undefined],
    ["others' stay", { keepDays: 7 }, {}, { maxRunning: 1 }, { keepDays: 7, maxRunning: 1 }],
    ['a changed one', { maxRunning: 3 }, { maxRunning: 3 }, { maxRunning: 1 }, { maxRunning: 1 }],
    ['one taken back', { keepDays: 7, maxRunning: 3 }, { maxRunning: 3 }, {}, { keepDays: 7 }],
  ] as const) {
    it(name, () => assert.deepEqual(sharedSettings(current, before, wanted), next));
  }
});
