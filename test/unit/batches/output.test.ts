import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOutput } from '../../../server/batches/output.ts';

describe('batches/output', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-output-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const stdout = (): string => join(folder, 'stdout.log');

  it('is empty, and not ended, before there is a file', async () => {
    assert.deepEqual(await readOutput(folder, {}, false), {
      chunks: [],
      skipped: 0,
      next: { stdout: 0, stderr: 0 },
      ended: false,
    });
  });

  it('goes on where the last read ended, by the limit, until everything was read', async () => {
    const text = Array.from({ length: 900 }, (_, i) => `line ${i} é€😀\n`).join('');
    writeFileSync(stdout(), text);
    writeFileSync(join(folder, 'stderr.log'), 'log\n');
    let read = '';
    let from = { stdout: 0, stderr: 0 };
    for (let rounds = 0; ; rounds++) {
      assert.ok(rounds < 100);
      const result = await readOutput(folder, { from, limit: 1024 }, true);
      read += result.chunks
        .filter(chunk => chunk.stream === 'stdout')
        .map(chunk => chunk.text)
        .join('');
      from = result.next;
      if (result.ended) break;
    }
    assert.equal(read, text);
  });

  it('keeps a cut character for the next read, and gives it as it is at the end', async () => {
    const euro = Buffer.from('€');
    writeFileSync(stdout(), Buffer.concat([Buffer.from('a'), euro.subarray(0, 2)]));
    const first = await readOutput(folder, {}, false);
    assert.deepEqual(first.chunks, [{ stream: 'stdout', text: 'a' }]);
    assert.deepEqual((await readOutput(folder, { from: first.next }, true)).chunks, [
      { stream: 'stdout', text: '\ufffd' },
    ]);
    appendFileSync(stdout(), euro.subarray(2));
    assert.deepEqual((await readOutput(folder, { from: first.next }, true)).chunks, [
      { stream: 'stdout', text: '€' },
    ]);
  });

  it('does not stall on bytes that are no text', async () => {
    writeFileSync(stdout(), Buffer.alloc(5000, 0xbf));
    const result = await readOutput(folder, { limit: 4096 }, false);
    assert.equal(result.next.stdout, 4096);
  });

  it('begins a tail at a line, and says what it left out', async () => {
    writeFileSync(stdout(), 'first\nsecond\nthird\n');
    assert.deepEqual(await readOutput(folder, { tail: 9, streams: ['stdout'] }, true), {
      chunks: [{ stream: 'stdout', text: 'third\n' }],
      skipped: 13,
      next: { stdout: 19, stderr: 0 },
      ended: true,
    });
    assert.equal(
      (await readOutput(folder, { tail: 6, streams: ['stdout'] }, true)).chunks[0]?.text,
      'third\n',
    );
  });
});
