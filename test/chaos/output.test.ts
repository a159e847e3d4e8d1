import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Batch } from '../../server/protocol/batch.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { ChaosBackend } from './support/chaosBackend.ts';
import { inForm } from './support/form.ts';
import { count } from './support/tally.ts';

/** Numbered lines with characters of one to four bytes, as fast as they go. */
const loud = `
import sys
for number in range(int(sys.argv[1])):
    sys.stdout.write(f"{number} x é € 😀 {'.' * (number % 97)}\\n")
`;
const bytesOfLine = 66;

describe('chaos: output', function () {
  this.timeout(60 * 60_000);
  let backend: ChaosBackend;

  before(async function () {
    this.timeout(installTimeout);
    backend = await ChaosBackend.make();
    writeFileSync(join(backend.root, 'loud.py'), loud);
  });
  after(async () => backend.stop());

  const submit = (lines: number): Promise<Batch> =>
    backend.request('batch/submit', {
      request: {
        file: join(backend.root, 'loud.py'),
        args: [String(lines)],
        conf: { 'spark.master': 'local[1]' },
        driverMemory: '512m',
      },
    });
  const expected = (lines: number): string => {
    const hash = createHash('sha256');
    for (let number = 0; number < lines; number++)
      hash.update(`${number} x é € 😀 ${'.'.repeat(number % 97)}\n`);
    return hash.digest('hex');
  };

  it('every byte, in order, to who follows from the start, while the backend is killed again and again', async () => {
    const lines = inForm(300_000, 3_000_000);
    const { id } = await submit(lines);
    const hash = createHash('sha256');
    let from = { stdout: 0, stderr: 0 };
    let nextCrash = 0;
    for (;;) {
      const result = await backend.request('log/read', { id, streams: ['stdout'], from, wait: true });
      for (const { text } of result.chunks) hash.update(text);
      from = result.next;
      if (result.ended) break;
      if (from.stdout > nextCrash) {
        nextCrash = from.stdout + (lines * bytesOfLine) / 4;
        await backend.crash();
      }
    }
    const { folder } = await backend.request('batch/get', { id });
    const onDisk = createHash('sha256');
    await pipeline(createReadStream(join(folder, 'stdout.log')), onDisk);
    const wanted = expected(lines);
    count('output followed over crashes', {
      lost: onDisk.digest('hex') === wanted && hash.digest('hex') === wanted ? 0 : 1,
    });
  });

  it('a large log is followed, paged, searched and tailed in bounded memory', async () => {
    const lines = inForm(3_000_000, 40_000_000);
    const { id } = await submit(lines);
    const ended = await backend.request('batch/await', { id });
    assert.equal(ended.state, 'success');
    const size = statSync(join(ended.folder, 'stdout.log')).size;
    const pid = await backend.pid();
    const before = megabytes(pid);
    let most = before;

    const tail = await backend.request('log/read', { id, streams: ['stdout'], tail: 1000 });
    assert.match(tail.chunks[0]?.text ?? '', new RegExp(`\\n${lines - 1} x é € 😀 \\.*\\n$`));

    let from = { stdout: 0, stderr: 0 };
    let read = 0;
    for (let pages = 0; ; pages++) {
      const result = await backend.request('log/read', { id, streams: ['stdout'], from, limit: 4 * 2 ** 20 });
      for (const { text } of result.chunks) read += Buffer.byteLength(text);
      from = result.next;
      if (pages % 10 === 0) most = Math.max(most, megabytes(pid));
      if (result.ended) break;
    }
    assert.equal(read, size);

    const found = await backend.request('log/search', { id, stream: 'stdout', query: `${lines - 2} X É` });
    assert.deepEqual(
      found.matches.map(({ line }) => line.split(' ')[0]),
      [String(lines - 2)],
    );
    most = Math.max(most, megabytes(pid));
    console.log(
      `        ${Math.round(size / 2 ** 20)} MiB of log; backend ${before} MiB before, at most ${most} MiB`,
    );
    assert.ok(most - before < 200, `the backend grew from ${before} to ${most} MiB`);
    count('large log', {});
  });
});

/** Resident, of a process. */
function megabytes(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
}
