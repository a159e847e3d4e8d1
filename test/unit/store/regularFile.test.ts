import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegularFile, readRegularFile } from '../../../server/store/regularFile.ts';

describe('store/regularFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-files-'));
    writeFileSync(join(folder, 'file'), 'text');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('opens and reads a file', async () => {
    await using handle = await openRegularFile(join(folder, 'file'));
    assert.equal(await handle.readFile('utf8'), 'text');
    assert.equal(readRegularFile(join(folder, 'file'), 4).toString(), 'text');
  });

  it('reads a file of /proc, whose size is 0', () => {
    assert.match(readRegularFile('/proc/self/status', 100_000).toString(), /^Name:/);
  });

  it('refuses what is larger than allowed', () => {
    assert.throws(() => readRegularFile(join(folder, 'file'), 3), {
      code: 'file.kind',
      message: /larger than 3 bytes/,
    });
  });

  for (const [name, code] of [
    ['pipe', 'file.kind'],
    ['/dev/zero', 'file.kind'],
    ['.', 'file.kind'],
    ['gone', 'file.missing'],
  ] as const) {
    it(`refuses ${name} at once`, async () => {
      const path = name.startsWith('/') ? name : join(folder, name);
      await assert.rejects(openRegularFile(path), { code, message: /\w\. \w/ });
      assert.throws(() => readRegularFile(path, 100), { code });
    });
  }
});
