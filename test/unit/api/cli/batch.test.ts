import assert from 'node:assert/strict';
import {
  formatBatch,
  formatBatches,
  formatCounts,
  formatEnding,
  formatProgressLine,
} from '../../../../server/api/cli/format/batch.ts';
import { plain } from '../../../../server/api/cli/output.ts';
import { exitCodeOf } from '../../../../server/api/cli/waitForEnd.ts';
import type { Batch, BatchProgress } from '../../../../server/protocol/batch.ts';

const start = new Date(2026, 0, 31, 12, 0, 0).getTime();

const running: Batch = {
  id: 3,
  name: 'word_count.py',
  request: { file: '/a b/word_count.py', args: ['plain', 'with space'], conf: { 'spark.my.setting': 'x' } },
  cluster: 'demo',
  master: 'spark://127.0.0.1:7077',
  state: 'running',
  transitions: [
    { state: 'not_started', at: start },
    { state: 'starting', at: start + 100 },
    { state: 'running', at: start + 4000 },
  ],
  appId: 'app-1',
  sparkUiUrl: 'http://127.0.0.1:4040',
  folder: '/data/batches/3',
  revision: 9,
};

const dead: Batch = {
  ...running,
  state: 'dead',
  transitions: [...running.transitions, { state: 'dead', at: start + 12_000 }],
  reason: "ValueError: could not convert string to float: 'n/a'",
  exitCode: 1,
};

const progress: BatchProgress = {
  id: 3,
  executors: 1,
  waitingForResources: false,
  tasks: { total: 44, active: 4, completed: 16, failed: 1 },
  jobs: [
    {
      id: 0,
      name: 'first at /a b/word_count.py:41',
      state: 'succeeded',
      tasks: { total: 4, active: 0, completed: 4, failed: 0 },
      stages: [],
      startedAt: start + 5000,
      endedAt: start + 6500,
    },
    {
      id: 1,
      name: 'collect at word_count.py:46',
      state: 'running',
      tasks: { total: 40, active: 4, completed: 12, failed: 1 },
      stages: [
        {
          id: 1,
          attempt: 0,
          name: 'map',
          state: 'skipped',
          tasks: { total: 4, active: 0, completed: 0, failed: 0 },
        },
        {
          id: 2,
          attempt: 1,
          name: 'collect',
          state: 'active',
          tasks: { total: 40, active: 4, completed: 12, failed: 1 },
          startedAt: start + 7000,
          failure: 'lost executor\n\tat x',
        },
      ],
      startedAt: start + 7000,
    },
  ],
};

describe('formatting of batches', () => {
  it('lists them with age, and the reason of those that did not succeed', () => {
    const lines = formatBatches([dead, running], start + 30_000, plain).split('\n');
    assert.match(lines[0] ?? '', /^ID  STATE {4}NAME {11}RUNS ON  SUBMITTED/);
    assert.match(lines[1] ?? '', /^ 3  dead .* 2026-01-31 12:00:00 +12 s  ValueError: could not/);
    assert.match(lines[2] ?? '', /^ 3  running .* 30 s$/);
  });

  it('gives those that wait their place', () => {
    const [, line = ''] = formatBatches(
      [{ ...running, state: 'not_started', queuePosition: 3 }],
      start,
      plain,
    ).split('\n');
    assert.match(line, /^ 3  queued 3  word_count\.py/);
  });

  it('shows one with its times, jobs and stages', () => {
    const text = formatBatch(running, progress, start + 10_000, plain);
    assert.match(text, /^Batch 3: word_count\.py$/m);
    assert.match(text, /^Arguments +plain "with space"$/m);
    assert.match(text, /^Conf +spark\.my\.setting=x$/m);
    assert.match(text, /^Spark UI +http:\/\/127\.0\.0\.1:4040$/m);
    assert.match(text, /^running +2026-01-31 12:00:04 +4\.0 s$/m);
    assert.match(text, /^job 0 +succeeded +4\/4 tasks +1\.5 s  first at word_count\.py:41$/m);
    assert.match(text, /^ {2}stage 1 +skipped +map$/m);
    assert.match(
      text,
      /^ {2}stage 2\.1 +active +12\/40 tasks, 4 running, 1 failed +3\.0 s +collect: lost executor$/m,
    );
  });

  it('shows why one died, and no longer the address of a Spark UI that is gone', () => {
    const text = formatBatch(dead, undefined, start + 60_000, plain);
    assert.match(text, /^State +dead \(exit code 1\)$/m);
    assert.match(text, /^Reason +ValueError: could not convert/m);
    assert.doesNotMatch(text, /Spark UI/);
  });

  it('says in one line how far it is', () => {
    assert.equal(
      formatProgressLine(running, progress, start + 12_345, plain),
      'Batch 3  running  12 s  job 1: 12/40 tasks, 4 running, 1 failed',
    );
    assert.equal(
      formatProgressLine(running, { ...progress, jobs: [], waitingForResources: true }, start + 5000, plain),
      'Batch 3  running  5 s  waits for resources',
    );
  });

  it('says in one line how it ended', () => {
    assert.equal(
      formatEnding(dead, plain),
      "Batch 3 ended after 12 s: dead: ValueError: could not convert string to float: 'n/a'",
    );
    assert.equal(
      formatEnding({ ...dead, state: 'success', reason: 'It ended with exit code 0.' }, plain),
      'Batch 3 ended after 12 s: success',
    );
  });

  it('leaves zeros out of task counts', () => {
    assert.equal(formatCounts({ total: 4, active: 0, completed: 4, failed: 0 }), '4/4 tasks');
  });
});

describe('exitCodeOf', () => {
  const cases: [Batch['state'], number | undefined, number][] = [
    ['success', 0, 0],
    ['dead', 3, 3],
    ['dead', 0, 1], // the program said 0, the cluster said FAILED
    ['dead', undefined, 1],
    ['killed', 143, 143],
    ['killed', undefined, 1],
  ];
  for (const [state, exitCode, expected] of cases) {
    it(`is ${expected} for ${state} with ${exitCode}`, () =>
      assert.equal(exitCodeOf({ ...running, state, ...(exitCode !== undefined && { exitCode }) }), expected));
  }
});
