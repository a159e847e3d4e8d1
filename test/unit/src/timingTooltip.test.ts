import assert from 'node:assert/strict';
import { timingTooltip } from '../../../src/tree/timingTooltip.ts';
import { noon } from './samples.ts';

describe('the timing in the tooltip of a job', () => {
  it('is a table of the steps, with bars', () => {
    const text = timingTooltip({
      way: { kind: 'direct', archive: true, why: 'spark.jars.packages is read as its driver starts' },
      steps: [
        { step: 'accepted', at: noon },
        { step: 'launched', at: noon + 12 },
        { step: 'context', at: noon + 2000 },
        { step: 'told', at: noon + 4000 },
      ],
    });
    assert.deepEqual(text.replaceAll('\\', '').split('\n'), [
      'Started directly, with an archive of classes; not warm: spark.jars.packages is read as its driver starts',
      '',
      '| | after | took | |',
      '|:--|--:|--:|:--|',
      '| accepted | 0 ms |  |  |',
      '| process started | 12 ms | 12 ms | ▏ |',
      '| SparkContext begun | 2 s | 1.9 s | ████████ |',
      '| end written down | 4 s | 2 s | ░░░░░░░░████████ |',
    ]);
  });

  it('says of a warm driver that it took the job', () => {
    const steps = [
      { step: 'accepted', at: noon },
      { step: 'launched', at: noon + 12 },
    ] as const;
    assert.match(
      timingTooltip({ way: { kind: 'warm' }, steps: [...steps] }),
      /^Started in a warm driver\n\n[^]*\| taken by the driver \| 12 ms/,
    );
  });

  it('begins with the table where nothing says how the driver was started', () => {
    assert.match(timingTooltip({ steps: [{ step: 'accepted', at: noon }] }), /^\| \| after/);
  });
});
