import assert from 'node:assert/strict';
import { formatTiming } from '../../../../server/api/cli/format/timing.ts';
import { plain } from '../../../../server/api/cli/output.ts';
import type { BatchTiming } from '../../../../server/protocol/timing.ts';

const steps: BatchTiming['steps'] = [
  { step: 'accepted', at: 0 },
  { step: 'launched', at: 12 },
  { step: 'submitted', at: 900 },
  { step: 'exit', at: 3600 },
  { step: 'told', at: 3601 },
];

describe('formatting of a timing', () => {
  it('shows how the driver was started, and a line for each step', () => {
    const way = { kind: 'direct', archive: true, why: 'it has jars' } as const;
    assert.equal(
      formatTiming({ way, steps }, 60, plain),
      [
        'Started directly, with an archive of classes; not warm: it has jars',
        '',
        'STEP                AFTER     TOOK',
        'accepted          0.000 s',
        'process started   0.012 s  0.012 s  ▏',
        'JVM ready         0.900 s  0.888 s  ██████',
        'process ended     3.600 s  2.700 s        ██████████████████',
        'end written down  3.601 s  0.001 s                         ▏',
      ].join('\n'),
    );
  });

  it('says of a warm driver that it took the batch: its process was there before', () => {
    const taken = formatTiming({ way: { kind: 'warm' }, steps }, 60, plain);
    assert.match(taken, /^taken by the driver +0\.012 s/m);
    assert.doesNotMatch(taken, /process started/);
  });

  const ways: [BatchTiming['way'], string][] = [
    [{ kind: 'warm' }, 'Started in a warm driver'],
    [
      { kind: 'direct', archive: false },
      'Started directly, without an archive of classes; not warm: no driver was ready for it',
    ],
    [
      { kind: 'plain', why: 'direct launch is switched off' },
      'Started by spark-submit: direct launch is switched off',
    ],
    // Of a version that wrote nothing down, or before the launch.
    [undefined, 'STEP        AFTER  TOOK'],
  ];
  for (const [way, line] of ways) {
    it(line, () =>
      assert.equal(
        formatTiming({ ...(way && { way }), steps: steps.slice(0, 1) }, 80, plain).split('\n')[0],
        line,
      ),
    );
  }

  it('is never wider than the terminal, nor than can be overlooked, and keeps its bars on a narrow one', () => {
    const widthOn = (terminal: number): number =>
      Math.max(
        ...formatTiming({ steps }, terminal, plain)
          .split('\n')
          .map(line => line.length),
      );
    assert.deepEqual([40, 60, 80, 300].map(widthOn), [46, 60, 80, 96]);
  });
});
