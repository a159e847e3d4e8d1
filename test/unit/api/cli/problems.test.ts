import assert from 'node:assert/strict';
import { formatProblems } from '../../../../server/api/cli/format/problems.ts';
import { plain } from '../../../../server/api/cli/output.ts';
import type { Batch, BatchState, Problem } from '../../../../server/protocol/batch.ts';

const batch = (state: BatchState, reason?: string): Batch => ({
  id: 7,
  name: 'job',
  request: { file: '/w/job.py' },
  state,
  transitions: [],
  ...(reason !== undefined && { reason }),
  folder: '/data/batches/7',
  revision: 1,
});

const inPython: Problem = {
  file: '/w/lib/prices.py',
  line: 2,
  column: 12,
  endColumn: 20,
  message: 'ValueError: no price\nnote: of row 3',
  frames: [
    { file: '/w/job.py', line: 9, name: '<module>' },
    { file: '/w/lib/prices.py', line: 2, name: 'price' },
  ],
};
const inScala: Problem = { file: 'demo/Job.scala', line: 4, message: 'java.lang.Error: x', frames: [] };

describe('problems as text', () => {
  it('has each as path:line:column, with the calls, the innermost first', () => {
    assert.equal(
      formatProblems(batch('dead'), [inPython, inScala], plain),
      [
        '/w/lib/prices.py:2:12: error: ValueError: no price',
        '  note: of row 3',
        '  at /w/lib/prices.py:2 in price',
        '  at /w/job.py:9 in <module>',
        '',
        'demo/Job.scala:4: error: java.lang.Error: x',
      ].join('\n'),
    );
  });

  const none: [Batch, RegExp][] = [
    [batch('running'), /^Batch 7 has no problems so far: it is running\.$/],
    [batch('success'), /^Batch 7 has no problems: it ended with success\.$/],
    [batch('dead', 'exit code 3\nmore'), /^Batch 7 has no problem at .*dead \(exit code 3\)\. .* logs 7 /],
  ];
  for (const [without, text] of none) {
    it(`says so when there are none: ${without.state}`, () => {
      assert.match(formatProblems(without, [], plain), text);
    });
  }
});
