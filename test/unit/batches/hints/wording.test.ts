import assert from 'node:assert/strict';
import {
  counted,
  duration,
  percent,
  size,
  stageName,
  times,
} from '../../../../server/batches/hints/wording.ts';

describe('batches/hints/wording', () => {
  const table: [string, string][] = [
    [duration(0), '0 ms'],
    [duration(999), '999 ms'],
    [duration(1000), '1.0 s'],
    [duration(9949), '9.9 s'],
    [duration(9950), '10 s'],
    [duration(59_600), '1 min 00 s'],
    [duration(185_000), '3 min 05 s'],
    [duration(3_600_000), '1 h 00 min'],
    [duration(7_820_000), '2 h 10 min'],
    [size(0), '0 bytes'],
    [size(1), '1 byte'],
    [size(1023), '1,023 bytes'],
    [size(1024), '1.0 KiB'],
    [size(1536), '1.5 KiB'],
    [size(2 ** 20 - 1), '1.0 MiB'],
    [size(120 * 2 ** 20), '120 MiB'],
    [size(3 * 2 ** 50), '3.0 PiB'],
    [counted(1, 'task'), '1 task'],
    [counted(2000, 'task'), '2,000 tasks'],
    [percent(0), '0 %'],
    [percent(0.001), '<1 %'],
    [percent(0.376), '38 %'],
    [times(3.44), '3.4 times'],
    [times(2), '2 times'],
    [times(1234.5), '1,235 times'],
    [stageName({ id: 3, name: 'count at /a/b c/d.py:5' }), 'stage 3 (count at d.py:5)'],
    [stageName({ id: 3, name: 'count at Main.scala:5' }), 'stage 3 (count at Main.scala:5)'],
    [stageName({ id: 3, name: '' }), 'stage 3'],
    [stageName({ id: 3, name: '$anonfun$call$1 at CompletableFuture.java:1768' }), 'stage 3'],
  ];
  for (const [found, expected] of table) it(expected, () => assert.equal(found, expected));
});
