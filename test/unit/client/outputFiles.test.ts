import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { copyOutputFiles, type CopyOptions } from '../../../server/client/outputFiles.ts';
import { SparkdeckError } from '../../../server/protocol/errors.ts';
import type { LogPosition } from '../../../server/protocol/log.ts';

const binary = Buffer.concat([
  Buffer.from('r\u00e9sum\u00e9\n', 'latin1'),
  Buffer.from([...Array(256).keys()]),
]);

describe('client/outputFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-output-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);

  /** @param steps what happens before each answer; with the last one the batch has ended */
  async function copy(
    steps: (() => void)[],
    more: Partial<CopyOptions> = {},
  ): Promise<{ out: Buffer; err: Buffer; rest: LogPosition | undefined }> {
    const pieces: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    let step = 0;
    const rest = await copyOutputFiles({
      streams: ['stdout', 'stderr'],
      from: { stdout: 0, stderr: 0 },
      follow: true,
      ask: async () => {
        steps[step++]?.();
        const files = { stdout: path('stdout.log'), stderr: path('stderr.log') };
        return { files, ended: step >= steps.length };
      },
      write: async (stream, bytes) => void pieces[stream].push(Buffer.from(bytes)),
      ...more,
    });
    return { out: Buffer.concat(pieces.stdout), err: Buffer.concat(pieces.stderr), rest };
  }
  const append =
    (name: string, text: string | Buffer): (() => void) =>
    () =>
      appendFileSync(path(name), text);

  it('copies bytes as they are, as they come, of both streams', async () => {
    const { out, err, rest } = await copy([
      append('stdout.log', binary),
      append('stderr.log', 'log\n'),
      append('stdout.log', Buffer.from([0xc3])),
    ]);
    assert.deepEqual(
      [out, err.toString(), rest],
      [Buffer.concat([binary, Buffer.from([0xc3])]), 'log\n', undefined],
    );
  });

  it('copies more than one piece, and from a position on', async () => {
    const large = Buffer.alloc(5 * 2 ** 20 + 17, binary);
    writeFileSync(path('stdout.log'), large);
    assert.ok((await copy([() => undefined])).out.equals(large));
    const { out } = await copy([() => undefined], { from: { stdout: 2 ** 20, stderr: 0 } });
    assert.ok(out.equals(large.subarray(2 ** 20)));
  });

  const tails: [text: string, lines: number, shown: string][] = [
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\nb\n', 9, 'a\nb\n'],
    ['a\nb\n', 0, ''],
    ['\n\n', 1, '\n'],
    ['', 3, ''],
    [`x\n${'y'.repeat(200_000)}\nz\n`, 2, `${'y'.repeat(200_000)}\nz\n`],
  ];
  for (const [text, lines, shown] of tails) {
    it(`copies the last ${lines} lines of ${JSON.stringify(text.slice(0, 9))}`, async () => {
      writeFileSync(path('stdout.log'), text);
      const { out } = await copy([() => undefined], { tail: lines, follow: false });
      assert.equal(out.toString(), shown);
    });
  }

  it('goes on in a file that took the place of the first', async () => {
    const replace = (): void => {
      writeFileSync(path('new'), 'one\ntwo\n');
      renameSync(path('new'), path('stdout.log'));
    };
    const { out } = await copy([append('stdout.log', 'one\n'), replace, append('stdout.log', 'three\n')]);
    assert.equal(out.toString(), 'one\ntwo\nthree\n');
  });

  it('reads an open file to its end when it was removed, and when the batch is gone', async () => {
    let asked = 0;
    const { out, rest } = await copy([], {
      ask: async () => {
        if (++asked === 1) writeFileSync(path('stdout.log'), 'all\n');
        if (asked === 2) rmSync(path('stdout.log'));
        if (asked === 3) throw new SparkdeckError('batch.missing', 'gone');
        return { files: { stdout: path('stdout.log'), stderr: path('stderr.log') }, ended: false };
      },
    });
    assert.deepEqual([out.toString(), rest, asked], ['all\n', undefined, 3]);
  });

  it('fails as the backend does when the batch was never there', async () => {
    const ask = (): Promise<never> => Promise.reject(new SparkdeckError('batch.missing', 'no batch'));
    await assert.rejects(copy([], { ask }), { code: 'batch.missing' });
  });

  const unreadable: [what: string, make: () => void][] = [
    ['a folder', () => mkdirSync(path('stdout.log'))],
    ['a pipe without a writer', () => void execFileSync('mkfifo', [path('stdout.log')])],
  ];
  for (const [what, make] of unreadable) {
    it(`says where to go on when ${what} is there in place of a file`, async () => {
      make();
      const { rest } = await copy([() => undefined], { from: { stdout: 5, stderr: 0 } });
      assert.deepEqual(rest, { stdout: 5, stderr: 0 });
    });
  }

  it('holds no more than a piece while its reader takes nothing', async () => {
    writeFileSync(path('stdout.log'), Buffer.alloc(8 * 2 ** 20));
    let writing = 0;
    let most = 0;
    await copy([() => undefined], {
      write: async () => {
        most = Math.max(most, ++writing);
        await new Promise(resolve => setImmediate(resolve));
        writing--;
      },
    });
    assert.equal(most, 1);
  });
});
