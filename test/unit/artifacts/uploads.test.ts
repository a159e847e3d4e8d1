import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { folderName, Uploads } from '../../../server/artifacts/uploads.ts';

describe('artifacts/uploads', () => {
  let folder: string;
  let held: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-uploads-'));
    held = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const open = (teamLimit = 1000): Uploads =>
    new Uploads({ folder, limit: 600, teamLimit: () => teamLimit, heldIn: () => held });
  const bytes = (count: number): Readable => Readable.from([Buffer.alloc(count, 'x')]);
  const tooBig = { code: 'request.tooBig' };

  it("removes what was half received, and minds nothing that isn't a team's folder", () => {
    writeFileSync(join(folder, '.DS_Store'), '');
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a', '.part-1'), 'half');
    writeFileSync(join(folder, 'a', 'x.py'), 'whole');
    open().recover();
    assert.deepEqual(readdirSync(join(folder, 'a')), ['x.py']);
    assert.ok(existsSync(join(folder, '.DS_Store')));
  });

  it('keeps teams apart on a disk that knows no capitals', async () => {
    const names = ['A', 'a', 'aB', 'ab', 'AB', undefined].map(folderName);
    assert.equal(new Set(names.map(name => name.toLowerCase())).size, names.length);
    const uploads = open();
    await uploads.save('A', 'x.py', bytes(1));
    assert.deepEqual(await uploads.list('a'), []);
    assert.equal((await uploads.list('A')).length, 1);
  });

  it('takes from a team no more than it may have', async () => {
    const uploads = open();
    await uploads.save('a', 'one', bytes(600));
    await assert.rejects(uploads.save('a', 'two', bytes(401)), tooBig);
    await assert.rejects(uploads.save('a', 'two', bytes(1), 401), tooBig, 'as it is announced');
    await uploads.save('b', 'one', bytes(600));
    await uploads.save('a', 'two', bytes(400));
    await uploads.save('a', 'one', bytes(600));
    await assert.rejects(uploads.save('a', 'three', bytes(1)), tooBig);
    await uploads.remove('a', 'two');
    await uploads.save('a', 'three', bytes(400));
    assert.deepEqual(
      (await uploads.list('a')).map(upload => [upload.name, upload.bytes]),
      [
        ['one', 600],
        ['three', 400],
      ],
    );
  });

  it('counts nothing of what a program wrote where it ran', async () => {
    mkdirSync(join(folder, folderName('a'), 'out'), { recursive: true });
    writeFileSync(join(folder, folderName('a'), 'out', 'part-0'), 'x'.repeat(2000));
    await open().save('a', 'one', bytes(600));
  });

  it('counts what comes in at the same time', async () => {
    const uploads = open();
    const [first, second] = [new PassThrough(), new PassThrough()];
    const saved = [uploads.save('a', 'one', first), uploads.save('a', 'two', second)];
    first.write(Buffer.alloc(500));
    second.write(Buffer.alloc(500));
    first.end(Buffer.alloc(1));
    second.end(Buffer.alloc(1));
    const outcomes = await Promise.allSettled(saved);
    assert.ok(outcomes.some(({ status }) => status === 'rejected'));
    const kept = (await uploads.list('a')).reduce((sum, upload) => sum + upload.bytes, 0);
    assert.ok(kept <= 1000, String(kept));
  });

  it('counts what batches still wait for, and once what is also there', async () => {
    const uploads = open();
    held = [join(folder, 'held')];
    mkdirSync(join(folder, 'held'));
    writeFileSync(join(folder, 'held', 'old'), Buffer.alloc(500));
    await uploads.save('a', 'one', bytes(500));
    await assert.rejects(uploads.save('a', 'two', bytes(1)), tooBig);
    held = [join(folder, 'a')];
    await uploads.save('a', 'two', bytes(500));
    assert.equal(readFileSync(await uploads.path('a', 'two'), 'utf8').length, 500);
  });
});
