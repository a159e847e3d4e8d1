import assert from 'node:assert/strict';
import { bytesOf } from '../../../../server/clusters/memory.ts';
import { InvalidArgumentError } from 'commander';
import {
  batchId,
  commaList,
  duration,
  keyValue,
  memorySize,
  port,
  wholeNumber,
} from '../../../../server/api/cli/argumentParsers.ts';

describe('argument parsers', () => {
  it('takes whole numbers from the minimum on', () => {
    assert.equal(wholeNumber(0)('0'), 0);
    assert.equal(batchId('17'), 17);
  });

  for (const text of ['0', '-1', '1.5', '', ' ', '1e3', 'x', '99999999999999999999']) {
    it(`takes no batch number ${JSON.stringify(text)}`, () =>
      assert.throws(() => batchId(text), InvalidArgumentError));
  }

  it('takes ports up to 65535', () => {
    assert.equal(port('65535'), 65535);
    assert.throws(() => port('65536'), InvalidArgumentError);
  });

  it('takes times with a unit, in seconds', () => {
    assert.deepEqual([duration('90s'), duration('2h'), duration('1w')], [90, 7200, 604_800]);
    for (const text of ['', '1', '0d', '1.5h', '-1h', '1 h', '1y']) {
      assert.throws(() => duration(text), InvalidArgumentError, text);
    }
  });

  it('takes memory sizes as Spark writes them', () => {
    assert.equal(memorySize('512m'), '512m');
    assert.equal(memorySize('2G'), '2G');
    for (const text of ['512mb', '512M', '512MiB', '512', ' 512m ', '0512m', '536870912b']) {
      assert.equal(bytesOf(memorySize(text)), 2 ** 29, text);
      assert.match(memorySize(text), /^\d+[kmgt]$/i);
    }
    for (const text of ['', '0', '0g', '-1g', '1x', '1 gb', '1.5g', 'lots', '2 g']) {
      assert.throws(() => memorySize(text), InvalidArgumentError, text);
    }
  });

  it('collects key=value pairs; the value may hold anything', () => {
    const first = keyValue('spark.a=1');
    assert.deepEqual(keyValue('spark.b=x=y z', first), { 'spark.a': '1', 'spark.b': 'x=y z' });
    assert.deepEqual(keyValue('EMPTY='), { EMPTY: '' });
    assert.throws(() => keyValue('spark.a'), InvalidArgumentError);
    assert.throws(() => keyValue('=1'), InvalidArgumentError);
  });

  it('splits lists at commas and adds to earlier ones', () => {
    assert.deepEqual(commaList('a.jar, b c.jar,,', ['first.jar']), ['first.jar', 'a.jar', 'b c.jar']);
  });
});
