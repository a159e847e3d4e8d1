import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { checkCommandSize } from '../../../server/batches/checkCommandSize.ts';
import type { BatchRequest } from '../../../server/protocol/batch.ts';

describe('batches/checkCommandSize', () => {
  const longest = 128 * 1024 - 1;
  const refused = (request: Partial<BatchRequest>, message: RegExp, env: Record<string, string> = {}): void =>
    assert.throws(() => checkCommandSize({ file: '/w/a.py', ...request }, env), {
      code: 'request.invalid',
      message,
    });

  it('takes as long an argument as the kernel does, and none that is longer', () => {
    checkCommandSize({ file: '/w/a.py', args: ['x'.repeat(longest)] }, {});
    refused(
      { args: ['a', 'x'.repeat(longest + 1)] },
      /^Argument 2 of the program has 131072 bytes.*file's path/,
    );
    refused({ args: ['ü'.repeat(longest / 2 + 1)] }, /^Argument 1/);
    const starts = (length: number): boolean => spawnSync('true', ['x'.repeat(length)]).error === undefined;
    assert.deepEqual([starts(longest), starts(longest + 1)], [true, false], 'the kernel agrees');
  });

  it('counts the lists of files and the environment', () => {
    const jars = Array.from(
      { length: 3000 },
      (_, index) => `/a/folder/with/a/name/of/some/length/${index}.jar`,
    );
    refused({ jars }, /^The list --jars has \d+ bytes/);
    refused({ environment: { LONG: 'x'.repeat(longest) } }, /^The environment variable LONG has/);
    refused({}, /^The environment variable OLD has/, { OLD: 'x'.repeat(longest) });
  });

  it('counts all together', () => {
    const args = Array.from({ length: 70 }, () => 'x'.repeat(100_000));
    refused({ args }, /^Arguments and environment together have \d+ bytes/);
    assert.throws(
      () => checkCommandSize({ file: 'a.py', args: ['x'.repeat(1000)] }, {}, 64 * 1024),
      /together/,
    );
    checkCommandSize({ file: 'a.py', args: args.slice(0, 10) }, {});
  });
});
