import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastWords, trimLog } from '../../../server/clusters/daemonLog.ts';

describe('clusters/daemonLog', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-log-'));
    file = join(folder, 'stderr.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('finds the telling line at the end of a log', () => {
    writeFileSync(file, 'java.lang.OldException: x\n'.repeat(10_000));
    appendFileSync(file, 'java.net.BindException: Address already in use\n\tat somewhere\nINFO end\n');
    assert.equal(lastWords(folder), `java.net.BindException: Address already in use See ${file}.`);
    writeFileSync(file, `${'x'.repeat(1_000_000)}\nlast line\n`);
    assert.equal(lastWords(folder), `last line See ${file}.`);
  });

  it('says so when there is no log', () => {
    assert.match(lastWords(folder), /^Its log can't be read \(ENOENT.*\)\.$/);
  });

  it('cuts a log down to its last whole lines while it is written', () => {
    const writer = openSync(file, 'a');
    try {
      for (let line = 0; line < 1000; line++) writeSync(writer, `line ${String(line).padStart(4, '0')}\n`);
      trimLog(file, 10_000, 25);
      assert.equal(readFileSync(file, 'utf8').length, 10_000, 'large enough is not too large');
      trimLog(file, 9_999, 25);
      writeSync(writer, 'after\n');
      assert.equal(readFileSync(file, 'utf8'), 'line 0998\nline 0999\nafter\n');
    } finally {
      closeSync(writer);
    }
  });

  it('lets a log be that is not there', () => {
    trimLog(join(folder, 'stdout.log'), 1, 1);
  });
});
