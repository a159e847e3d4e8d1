import assert from 'node:assert/strict';
import { InvalidArgumentError } from 'commander';
import { limitOf, positiveLimit } from '../../../../server/api/cli/argumentParsers.ts';
import { formatSettings } from '../../../../server/api/cli/format/settings.ts';
import { plain } from '../../../../server/api/cli/output.ts';
import { changedSettings } from '../../../../server/api/cli/settings.ts';

describe('the settings of a data folder, on the command line', () => {
  it('stay when no option is given', () => assert.equal(changedSettings({ maxRunning: 2 }, {}), undefined));

  it('are changed one by one, and taken back', () => {
    assert.deepEqual(
      changedSettings({ maxRunning: 2, keepDays: 7 }, { keepMegabytes: 1.5, uploadMegabytes: 1 }),
      {
        maxRunning: 2,
        keepDays: 7,
        keepBytes: 1_572_864,
        uploadBytes: 1_048_576,
      },
    );
    assert.deepEqual(
      changedSettings({ maxRunning: 2, keepDays: 7 }, { maxRunning: 'default', keepCount: 0 }),
      {
        keepDays: 7,
        keepCount: 0,
      },
    );
  });

  it('are shown with what is so without them', () => {
    assert.equal(
      formatSettings({ maxRunning: 2, keepBytes: 1_572_864, warmDrivers: 0, directLaunch: false }, plain),
      [
        'Batches that run at once       2',
        'Ended batches kept             default: all',
        'Days they are kept             default: for ever',
        'Megabytes their logs may take  1.5',
        'Megabytes a team may upload    default: 20480',
        'Drivers kept warm              0',
        'Direct launch                  off',
        'Class sharing                  default: on',
      ].join('\n'),
    );
  });

  it('are numbers, or "default"', () => {
    assert.deepEqual(
      [limitOf('any')('0.5'), limitOf('whole')('0'), limitOf('any')('default')],
      [0.5, 0, 'default'],
    );
    assert.deepEqual([positiveLimit('3'), positiveLimit('default')], [3, 'default']);
    for (const text of ['', '-1', 'x', '1e3', 'Infinity']) {
      assert.throws(() => limitOf('any')(text), InvalidArgumentError, text);
    }
    assert.throws(() => limitOf('whole')('0.5'), InvalidArgumentError);
    assert.throws(() => positiveLimit('0'), InvalidArgumentError);
  });
});
