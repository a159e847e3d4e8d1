import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineReader } from '../../../server/batches/outputLines.ts';
import type { Batch } from '../../../server/protocol/batch.ts';

describe('batches/outputLines', () => {
  const { signal } = new AbortController();
  let folder: string;
  let reader: LineReader;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-lines-'));
    reader = new LineReader();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const batch = (state: Batch['state'] = 'running'): Batch => ({
    id: 1,
    name: 'x',
    request: { file: '/x.py' },
    state,
    transitions: [],
    folder,
    revision: 1,
  });
  const write = (stdout: string, stderr = ''): void => {
    writeFileSync(join(folder, 'stdout.log'), stdout);
    writeFileSync(join(folder, 'stderr.log'), stderr);
  };

  it('has two headings when there is nothing yet', async () => {
    assert.deepEqual(await reader.read(batch(), undefined, 10, signal), {
      from: 0,
      total: 2,
      lines: ['stdout: ', '\nstderr: '],
    });
  });

  it('gives the last lines, or any others by their numbers', async () => {
    write('a\nb\n', 'c\n\nd\n');
    const all = ['stdout: ', 'a', 'b', '\nstderr: ', 'c', '', 'd'];
    assert.deepEqual(await reader.read(batch(), undefined, 2, signal), {
      from: 5,
      total: 7,
      lines: ['', 'd'],
    });
    assert.deepEqual(await reader.read(batch(), -1, 100, signal), { from: 0, total: 7, lines: all });
    assert.deepEqual(await reader.read(batch(), 2, -1, signal), { from: 2, total: 7, lines: all.slice(2) });
    assert.deepEqual(await reader.read(batch(), 1, 4, signal), { from: 1, total: 7, lines: all.slice(1, 5) });
    assert.deepEqual(await reader.read(batch(), 99, 4, signal), { from: 7, total: 7, lines: [] });
    assert.deepEqual(await reader.read(batch(), 0, 0, signal), { from: 0, total: 7, lines: [] });
  });

  it('gives the last lines from the ends of the files as it does from the whole', async () => {
    const long = Array.from({ length: 400 }, (_, index) => `${index} ${'ä'.repeat(50)}`).join('\n');
    const texts = ['', 'a\n', 'a\nhal', `${long}\n`, `${long}\nhal`, `${'x'.repeat(40_000)}\n`];
    for (const stdout of texts) {
      for (const stderr of texts) {
        write(stdout, stderr);
        for (const state of ['running', 'success'] as const) {
          const whole = await new LineReader().read(batch(state), undefined, 10, signal);
          const last = await new LineReader().last(batch(state), 10, signal);
          assert.deepEqual(last, whole.lines);
        }
      }
    }
  });

  it('waits for the end of a line while it runs, and takes it as it is afterwards', async () => {
    write('whole\nhal');
    assert.deepEqual((await reader.read(batch(), 1, 1, signal)).lines, ['whole']);
    assert.equal((await reader.read(batch(), undefined, 10, signal)).total, 3);
    appendFileSync(join(folder, 'stdout.log'), 'f');
    assert.deepEqual((await reader.read(batch('success'), 1, 2, signal)).lines, ['whole', 'half']);
  });

  it('finds lines far down, after more was added, by many readers at once', async () => {
    const lines = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, index) => `line ${from + index} ${'ä'.repeat(40)}\n`).join('');
    write(lines(0, 30_000));
    assert.match((await reader.read(batch(), 25_001, 1, signal)).lines[0] ?? '', /^line 25000 ä+$/);
    appendFileSync(join(folder, 'stdout.log'), lines(30_000, 60_000));
    const found = await Promise.all(
      [1, 1000, 1001, 30_001, 59_999].map(from => reader.read(batch(), from, 2, signal)),
    );
    for (const { from, total, lines } of found) {
      assert.equal(total, 60_002);
      assert.match(lines[0] ?? '', new RegExp(`^line ${from - 1} ä{40}$`));
      assert.match(lines[1] ?? '', new RegExp(`^line ${from} ä{40}$`));
    }
  });

  it('cuts a line that has no end', async () => {
    write(`${'x'.repeat(3 * 1024 * 1024)}\nnext\n`);
    const { total, lines } = await reader.read(batch(), 1, 2, signal);
    assert.deepEqual([total, lines.map(line => line.length)], [4, [65_536, 4]]);
  });

  it('gives hundreds of thousands of short lines at once', async () => {
    write('a\n'.repeat(200_000));
    const { total, lines } = await reader.read(batch(), undefined, -1, signal);
    assert.deepEqual([total, lines.length], [200_002, 200_002]);
  });

  it('bounds an answer of empty lines too, and says how many there are', async () => {
    write('\n'.repeat(8 * 1024 ** 2));
    const { total, lines } = await reader.read(batch(), undefined, -1, signal);
    assert.equal(total, 8 * 1024 ** 2 + 2);
    assert.ok(lines.length > 200_000 && lines.length < 500_000, `${lines.length} lines`);
    const rest = await reader.read(batch(), total - 1, -1, signal);
    assert.deepEqual(rest.lines, ['\nstderr: ']);
  });

  it('stops reading when nobody waits for the answer; the next reader goes on', async () => {
    write('\n'.repeat(8 * 1024 ** 2));
    const over = new AbortController();
    const first = reader.read(batch(), 0, -1, over.signal);
    over.abort(new Error('the client went'));
    await assert.rejects(first, /the client went/);
    assert.equal((await reader.read(batch(), 0, 1, signal)).total, 8 * 1024 ** 2 + 2);
  });
});
