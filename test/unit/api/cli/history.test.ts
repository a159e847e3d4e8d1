import assert from 'node:assert/strict';
import { formatBatch } from '../../../../server/api/cli/format/batch.ts';
import {
  formatApplicationMetrics,
  formatHints,
  formatStageMetrics,
} from '../../../../server/api/cli/format/history.ts';
import { plain } from '../../../../server/api/cli/output.ts';
import type { Batch } from '../../../../server/protocol/batch.ts';
import type { StageMetrics } from '../../../../server/protocol/metrics.ts';
import { measuredOf, type MeasuredCase } from '../../batches/hints/measuredOf.ts';

const batch: Batch = {
  id: 3,
  name: 'app',
  request: { file: '/home/user/project/app.py' },
  state: 'success',
  transitions: [{ state: 'success', at: 0 }],
  folder: '/data/batches/3',
  revision: 1,
};

const stage = (given: Partial<StageMetrics>): StageMetrics => {
  const metrics = measuredOf({ stages: [{ took: 1, tasks: 1, metrics: given }] }).progress.jobs[0]?.stages[0]
    ?.metrics;
  assert.ok(metrics);
  return metrics;
};

describe('formatting of a history', () => {
  const table: [given: Partial<StageMetrics>, line: string][] = [
    [{ tasks: 1, taskTime: 400 }, 'tasks 0.4 s'],
    [
      {
        tasks: 8,
        taskTime: 60_000,
        runTime: 50_000,
        gcTime: 5000,
        inputBytes: 2 * 2 ** 20,
        inputRecords: 2000,
        shuffleWriteBytes: 1536,
        shuffleWriteRecords: 17,
        duration: { min: 1, median: 300, max: 21_000 },
      },
      'read 2.0 MiB (2,000 rows), shuffled out 1.5 KiB (17 rows); tasks 1 min 00 s, median 0.3 s, longest 21 s, garbage collection 10 %',
    ],
    [
      {
        tasks: 1,
        taskTime: 9000,
        shuffleReadBytes: 700,
        outputBytes: 900,
        outputRecords: 1,
        diskSpilled: 2 ** 30,
      },
      'shuffled in 700 bytes, wrote 900 bytes (1 row), spilled 1.0 GiB; tasks 9.0 s',
    ],
  ];
  for (const [given, line] of table) it(line, () => assert.equal(formatStageMetrics(stage(given)), line));

  it('says in a line what the whole application did', () => {
    const of = (metrics: MeasuredCase['metrics']): string =>
      formatApplicationMetrics(measuredOf(metrics ? { metrics } : {}).metrics);
    assert.equal(of({}), '');
    assert.equal(
      of({ tasks: 9, taskTime: 20_000 }),
      "4 cores, jobs ran 20 s of 25 s, tasks 20 s, cores used 25 % of the jobs' time",
    );
  });

  it('puts the metrics under their stage, and the hints at the end', () => {
    const { progress, metrics } = measuredOf({
      stages: [{ took: 20_000, tasks: 1, metrics: { tasks: 1, taskTime: 20_000 } }],
      metrics: { tasks: 1, taskTime: 20_000 },
    });
    const hints = [
      {
        kind: 'few-partitions' as const,
        title: 'Stage 0 had 1 partition',
        detail: 'It was one task.',
        figures: {},
      },
    ];
    const lines = formatBatch(batch, progress, 0, plain, { metrics, hints }).split('\n');
    const row = lines.findIndex(line => line.startsWith('  stage 0  complete'));
    assert.equal(lines[row + 1]?.trim(), 'tasks 20 s');
    assert.deepEqual(lines.slice(-2), ['Hint: Stage 0 had 1 partition', '  It was one task.']);
    assert.ok(lines.some(line => /^Work +4 cores, jobs ran/.test(line)));
    assert.equal(formatHints({ hints: [] }, plain), '');
  });

  it('says why nothing is known of a log that it cannot read', () => {
    const { progress } = measuredOf({});
    const text = formatBatch(batch, { ...progress, unavailable: 'Its event log is off.' }, 0, plain);
    assert.match(text, /\n\nIts event log is off\./);
  });
});
