import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../../server/protocol/batch.ts';
import { readTiming, timingOf, writeWay } from '../../../server/batches/timing.ts';
import { claimLaunch } from '../../../server/process/launch.ts';

type Case = [what: string, given: Parameters<typeof timingOf>, steps: string];

const accepted: Batch['transitions'] = [{ state: 'not_started', at: 100 }];
const running: Batch['transitions'] = [
  ...accepted,
  { state: 'starting', at: 101 },
  { state: 'running', at: 105 },
];
const nothing = { launched: undefined, exit: undefined };

const cases: Case[] = [
  ['one that waits', [accepted, nothing, {}], 'accepted 100'],
  [
    'one that ran to its end on a cluster',
    [
      [...running, { state: 'success', at: 190 }],
      { launched: 102, exit: 180 },
      {
        submitted: 103,
        context: 104,
        contextUp: 106,
        executor: 110,
        firstTask: 120,
        lastTask: 130,
        contextEnd: 140,
      },
    ],
    'accepted 100, launched 102, submitted 103, context 104, contextUp 106, executor 110, firstTask 120, ' +
      'lastTask 130, contextEnd 140, exit 180, told 190',
  ],
  [
    'one whose driver was warm: its JVM was ready before it took the launch',
    [running, { launched: 104, exit: undefined }, { submitted: 103, context: 110 }],
    'accepted 100, submitted 103, launched 104, context 110',
  ],
  [
    'one whose last task may not have been the last',
    [running, { launched: 102, exit: undefined }, { context: 104, firstTask: 120, lastTask: 130 }],
    'accepted 100, launched 102, context 104, firstTask 120',
  ],
  [
    'one that vanished in the middle',
    [
      [...running, { state: 'dead', at: 200 }],
      { launched: 102, exit: undefined },
      { firstTask: 120, lastTask: 130 },
    ],
    'accepted 100, launched 102, firstTask 120, lastTask 130, told 200',
  ],
];

describe('batches/timing', () => {
  for (const [what, given, steps] of cases) {
    it(what, () =>
      assert.equal(
        timingOf(...given)
          .map(({ step, at }) => `${step} ${at}`)
          .join(', '),
        steps,
      ),
    );
  }

  it('takes the last launch that was not taken away, and the exit once its code is there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-timing-'));
    try {
      const of = (): unknown => readTiming({ folder, transitions: accepted }, {});
      assert.deepEqual(of(), { steps: [{ step: 'accepted', at: 100 }] });
      symlinkSync('4711', join(folder, 'pid-1'));
      writeFileSync(join(folder, 'exit'), '       \n');
      writeWay(folder, { kind: 'direct', archive: true, why: 'it has jars' });
      const launched = readTiming({ folder, transitions: accepted }, {});
      assert.deepEqual(launched.way, { kind: 'direct', archive: true, why: 'it has jars' });
      assert.deepEqual(
        launched.steps.map(({ step }) => step),
        ['accepted', 'launched'],
      );
      assert.equal(claimLaunch(folder, 2), true);
      assert.deepEqual(readTiming({ folder, transitions: accepted }, {}), launched);
      writeFileSync(join(folder, 'exit'), '0      \n');
      utimesSync(join(folder, 'exit'), 4_000_000_000, 4_000_000_000);
      assert.deepEqual(readTiming({ folder, transitions: accepted }, {}).steps.at(-1), {
        step: 'exit',
        at: 4_000_000_000_000,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says in the log, once, why spark-submit starts it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-timing-'));
    const log = (): string => readFileSync(join(folder, 'stderr.log'), 'utf8');
    try {
      const why = 'started by spark-submit: spark-env.sh is there';
      for (let time = 0; time < 2; time++) writeWay(folder, { kind: 'plain', why }, why);
      assert.equal(log(), 'sparkdeck: started by spark-submit: spark-env.sh is there\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
