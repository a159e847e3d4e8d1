import assert from 'node:assert/strict';
import { SparkdeckError } from '../../../server/protocol/errors.ts';
import type { LogReadParams, LogReadResult } from '../../../server/protocol/log.ts';
import { coalesced } from '../../../src/deck/coalesced.ts';
import { mergeBatches, watchedBatches } from '../../../src/deck/batches.ts';
import { followLog } from '../../../src/log/followLog.ts';
import { logClosing, logHeader, LogText } from '../../../src/log/logText.ts';
import { SparkLogFilter } from '../../../src/log/sparkLogFilter.ts';
import { batch, noon } from './samples.ts';

/** With the colours written out, so that they can be read. */
const readable = (text: string): string =>
  text
    .replaceAll('\u001B[0m', '</>')
    .replaceAll('\u001B[1m', '<b>')
    .replaceAll('\u001B[2m', '<dim>')
    .replaceAll('\u001B[31m', '<red>')
    .replaceAll('\u001B[32m', '<green>');

describe('the text of a log', () => {
  const everything = (): LogText => new LogText(new SparkLogFilter('all', { isJar: false }));

  it("shows the program's output at once and Spark's whole lines dimmed", () => {
    const text = everything();
    assert.equal(readable(text.write('stdout', 'a\nb')), 'a\r\nb');
    assert.equal(readable(text.write('stderr', 'INFO half')), '');
    assert.equal(readable(text.write('stdout', 'c')), 'c');
    assert.equal(readable(text.write('stderr', ' a line\nnext')), '\r\n<dim>INFO half a line</>\r\n');
    assert.equal(readable(text.write('stdout', 'd\n')), 'd\r\n');
    assert.equal(readable(text.end()), '<dim>next</>\r\n');
  });

  it('leaves line ends alone that a terminal understands', () => {
    assert.equal(everything().write('stdout', 'x\r\ny\rz\n'), 'x\r\ny\rz\r\n');
  });

  it("doesn't break the program's line for a line that is not shown", () => {
    const text = new LogText(new SparkLogFilter('warnings', { isJar: false }));
    assert.equal(text.write('stdout', 'half'), 'half');
    assert.equal(text.write('stderr', '26/11/23 02:01:09 INFO MemoryStore: MemoryStore cleared\n'), '');
    assert.equal(text.write('stdout', ' a line\n'), ' a line\r\n');
  });

  it('begins with what was submitted', () => {
    const header = logHeader(
      batch({
        id: 3,
        state: 'running',
        request: { file: '/w/jobs/a.py', args: ['x\ny'], workingFolder: '/w' },
      }),
      noon,
    );
    assert.equal(readable(header), '<b>jobs/a.py x y</>\r\n<dim>Job 3 · local · 12:00:00</>\r\n\r\n');
  });

  it('ends with how it ended', () => {
    const transitions = [
      { state: 'starting' as const, at: noon },
      { state: 'dead' as const, at: noon + 2_000 },
    ];
    const closing = logClosing(
      batch({ id: 3, state: 'dead', transitions, reason: 'ValueError: x', exitCode: 1 }),
      noon,
    );
    assert.equal(
      readable(closing),
      '\r\n<red><b>dead · 2 s · 12:00:02 · exit code 1</>\r\n<red>ValueError: x\r\n</>',
    );
  });
});

describe('following a log', () => {
  it('goes on after the last byte when the backend was away', async () => {
    const asked: LogReadParams[] = [];
    const answers: (LogReadResult | Error)[] = [
      {
        chunks: [{ stream: 'stdout', text: 'one' }],
        skipped: 7,
        next: { stdout: 3, stderr: 0 },
        ended: false,
      },
      new SparkdeckError('backend.unreachable', 'gone'),
      {
        chunks: [{ stream: 'stdout', text: 'two' }],
        skipped: 0,
        next: { stdout: 6, stderr: 0 },
        ended: true,
      },
    ];
    const readLog = async (params: LogReadParams): Promise<LogReadResult> => {
      asked.push(params);
      const answer = answers.shift();
      if (!answer) throw new Error('asked once too often');
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const { signal } = new AbortController();
    const texts: string[] = [];
    for await (const read of followLog(readLog, { id: 1, tail: 9, signal, pause: 1 })) {
      texts.push(...read.chunks.map(({ text }) => text));
    }
    assert.deepEqual(texts, ['one', 'two']);
    assert.deepEqual(
      asked.map(({ tail, from }) => tail ?? from),
      [9, { stdout: 3, stderr: 0 }, { stdout: 3, stderr: 0 }],
    );
  });
});

describe('reads that are asked for in a burst', () => {
  it('are one in flight and one after it', async () => {
    const releases: (() => void)[] = [];
    const read = coalesced(() => new Promise<void>(resolve => releases.push(resolve)));
    const first = read();
    const others = [read(), read(), read()];
    releases[0]?.();
    await first;
    await new Promise(setImmediate);
    releases[1]?.();
    await Promise.all(others);
    assert.equal(releases.length, 2);
  });

  it('go on after a failure', async () => {
    let runs = 0;
    const read = coalesced(async () => {
      if (++runs === 1) throw new Error('away');
    });
    const first = read();
    const second = read();
    await assert.rejects(first, /away/);
    await second;
    assert.equal(runs, 2);
  });
});

describe('the batches of a window', () => {
  it('are merged by their revision, newest first', () => {
    const merged = mergeBatches(
      [batch({ id: 1, state: 'running', revision: 5 }), batch({ id: 2, state: 'running', revision: 1 })],
      [
        batch({ id: 1, state: 'starting', revision: 4 }),
        batch({ id: 3, state: 'running' }),
        batch({ id: 2, state: 'dead', revision: 2 }),
      ],
    );
    assert.deepEqual(
      merged.map(({ id, state }) => [id, state]),
      [
        [3, 'running'],
        [2, 'dead'],
        [1, 'running'],
      ],
    );
  });

  it('are watched as far as somebody sees them', () => {
    const batches = [
      batch({ id: 4, state: 'not_started' }),
      batch({ id: 3, state: 'running' }),
      batch({ id: 2, state: 'starting' }),
      batch({ id: 1, state: 'success' }),
    ];
    assert.deepEqual(watchedBatches(batches, { jobsVisible: true }), [3, 2]);
    assert.deepEqual(watchedBatches(batches, { jobsVisible: false }), [3]);
  });
});
