import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heldFolder, holdUploads, uploadedAs, withHeldUploads } from '../../../server/batches/heldUploads.ts';

describe('batches/heldUploads', () => {
  let root: string;
  let uploads: string;
  let batch: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sparkdeck-held-'));
    [uploads, batch] = [join(root, 'uploads'), join(root, 'batches', '7')];
    mkdirSync(join(uploads, 'a'), { recursive: true });
    for (const name of ['x.py', 'helper.py', 'data.csv', 'env.tgz']) put(name, `old ${name}`);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  /** As an upload is put there: in the place of the old one, never into it. */
  const put = (name: string, text: string): void => {
    writeFileSync(join(uploads, 'a', '.new'), text);
    renameSync(join(uploads, 'a', '.new'), join(uploads, 'a', name));
  };
  const request = (): { file: string; archives: string[]; jars: string[] } => ({
    file: join(uploads, 'a', 'x.py'),
    archives: [`${join(uploads, 'a', 'env.tgz')}#env`],
    jars: ['s3a://bucket/x.jar', join(root, 'elsewhere.jar')],
  });

  it('has a batch run with the files as they were, by their names, whatever becomes of the uploads', () => {
    mkdirSync(join(uploads, 'a', 'folder.py'));
    holdUploads(request(), { uploads, batch });
    put('x.py', 'new');
    rmSync(join(uploads, 'a', 'env.tgz'));
    const held = withHeldUploads(request(), { uploads, batch }, existsSync);
    const place = join(heldFolder(batch), 'a');
    assert.deepEqual(held, {
      file: join(place, 'x.py'),
      archives: [`${join(place, 'env.tgz')}#env`],
      jars: ['s3a://bucket/x.jar', join(root, 'elsewhere.jar')],
    });
    assert.equal(readFileSync(held.file, 'utf8'), 'old x.py');
    assert.deepEqual(
      readdirSync(place).toSorted(),
      ['env.tgz', 'helper.py', 'x.py'],
      'modules lie beside it',
    );
    assert.equal(uploadedAs(held.file, { uploads, batch }), request().file);
    assert.equal(uploadedAs('/other.py', { uploads, batch }), '/other.py');
  });

  it('is in no way of what an acceptance that failed has left', () => {
    holdUploads(request(), { uploads, batch });
    put('x.py', 'new');
    holdUploads(request(), { uploads, batch });
    assert.equal(readFileSync(join(heldFolder(batch), 'a', 'x.py'), 'utf8'), 'new');
    assert.equal(readFileSync(join(uploads, 'a', 'x.py'), 'utf8'), 'new');
  });

  it('says that one was removed', () => {
    rmSync(join(uploads, 'a', 'x.py'));
    assert.throws(() => holdUploads(request(), { uploads, batch }), { code: 'file.missing' });
  });

  it('leaves as it is what is not held', () => {
    assert.deepEqual(withHeldUploads(request(), { uploads, batch }, existsSync), request());
  });
});
