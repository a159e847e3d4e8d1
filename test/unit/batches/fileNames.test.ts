import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkRequest } from '../../../server/batches/checkRequest.ts';

describe('batches: names that Spark reads otherwise', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sparkdeck-names-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    return file;
  };

  for (const name of ['job#1.py', 'job,1.py', 'job%41.py', 'job [1].py', 'd#r/job.py', 'jöb ?.py'])
    it(`takes ${name}`, async () => {
      const file = write(name);
      assert.equal((await checkRequest({ file })).file, file);
    });

  const refused = (request: object, message: RegExp): Promise<void> =>
    assert.rejects(checkRequest({ file: write('job.py'), ...request }), { code: 'file.kind', message });

  it('refuses a comma in a list, and in a jar, which Spark puts into a list', async () => {
    await refused({ pyFiles: [write('a,b.zip')] }, /a,b\.zip has a comma in its name.*Rename it/);
    await refused({ file: write('a,b.jar'), className: 'A' }, /a,b\.jar has a comma/);
  });

  it('refuses what is left of a pattern in a list: a file by its name', async () => {
    await refused({ files: [write('odd[1].csv')] }, /which Spark takes for a pattern. Rename it/);
    await refused({ jars: [write('d{a}/b.jar')] }, /which Spark takes for a pattern/);
  });

  it('refuses a # in a list that is no alias', async () => {
    await refused({ files: [write('w#2.csv')] }, /w#2\.csv has a # in its path.*Rename/);
    await refused({ archives: [`${write('d#r/a.zip')}#libs`] }, /has a # in its path/);
    const archives = [`${write('a.zip')}#libs`];
    assert.deepEqual((await checkRequest({ file: write('job.py'), archives })).archives, archives);
  });
});
