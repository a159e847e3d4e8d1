import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expandFiles } from '../../../server/batches/expandFiles.ts';
import { expandBraces, expandGlob } from '../../../server/batches/globs.ts';

describe('batches: patterns for files', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-globs-'));
    for (const name of [
      'a.zip',
      'b.zip',
      '.hidden.zip',
      'c.txt',
      'x1.py',
      'x2.py',
      'ü.jar',
      'odd[1].csv',
      'in/d.zip',
      'in/deep/e.zip',
    ]) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), '');
    }
    mkdirSync(join(folder, 'folder.zip'));
    symlinkSync(join(folder, 'a.zip'), join(folder, 'linked.zip'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.zip'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const cases: [pattern: string, names: string[]][] = [
    ['*.zip', ['.hidden.zip', 'a.zip', 'b.zip', 'linked.zip']],
    ['[ab].zip', ['a.zip', 'b.zip']],
    ['[^ab].zip', []],
    ['[!b].zip', ['a.zip']],
    ['x[0-9].py', ['x1.py', 'x2.py']],
    ['x?.py', ['x1.py', 'x2.py']],
    ['?.jar', ['ü.jar']],
    ['{a,b,z}.zip', ['a.zip', 'b.zip']],
    ['{a.zip,in/d.zip}', ['a.zip', 'in/d.zip']],
    ['{a,in/{d,deep/e}}.zip', ['a.zip', 'in/d.zip', 'in/deep/e.zip']],
    ['*/*.zip', ['in/d.zip']],
    ['**/*.zip', ['in/d.zip']],
    ['i*/d*/*', ['in/deep/e.zip']],
    ['odd\\[1\\].csv', ['odd[1].csv']],
    ['a.zip', ['a.zip']],
    ['*', ['.hidden.zip', 'a.zip', 'b.zip', 'c.txt', 'linked.zip', 'odd[1].csv', 'x1.py', 'x2.py', 'ü.jar']],
    ['c.txt/*', []],
    ['nowhere/*.zip', []],
  ];
  for (const [pattern, names] of cases)
    it(`mean as to Hadoop: ${pattern}`, async () => {
      assert.deepEqual(
        await expandGlob(join(folder, pattern)),
        names.map(name => join(folder, name)),
      );
    });

  it('that are not whole, or mean too much, are refused', async () => {
    for (const pattern of ['{a,b', 'a[bc', '{a,b}'.repeat(11)]) {
      await assert.rejects(expandGlob(`/nowhere/${pattern}`), { code: 'request.invalid' }, pattern);
    }
    assert.deepEqual(expandBraces('a{b}c\\{d,e}[{]'), ['abc\\{d,e}[{]']);
  });

  it('take no time, however they are written', async () => {
    const name = 'a'.repeat(250);
    writeFileSync(join(folder, 'in', name), '');
    assert.deepEqual(await expandGlob(join(folder, 'in', `${'*a'.repeat(120)}*b`)), []);
    rmSync(join(folder, 'in', name));
  });

  const all = async (): Promise<boolean> => true;

  it('stand in the lists of a request for what they mean', async () => {
    const request = {
      file: join(folder, '*.py'),
      pyFiles: [join(folder, '{b,a}.zip'), 's3a://bucket/*.zip', `local:${folder}/*.zip`],
      jars: [`file://${folder}/%C3%BC*.jar`],
      files: [join(folder, 'odd[1].csv')],
      archives: [join(folder, 'in/*.zip#libs'), join(folder, 'a.zip#other')],
    };
    assert.deepEqual(await expandFiles(request, all), {
      ...request,
      pyFiles: [join(folder, 'a.zip'), join(folder, 'b.zip'), ...request.pyFiles.slice(1)],
      jars: [join(folder, 'ü.jar')],
      archives: [join(folder, 'in/d.zip#libs'), join(folder, 'a.zip#other')],
    });
  });

  it('mean no files that the caller may not know of', async () => {
    const request = { file: 'x.py', files: [join(folder, '[ab].zip')] };
    assert.deepEqual(await expandFiles(request, async path => path.endsWith('b.zip')), {
      file: 'x.py',
      files: [join(folder, 'b.zip')],
    });
    await assert.rejects(
      expandFiles(request, async () => false),
      /means no file: nothing has such a name/,
    );
  });

  it('that mean no file, or several with one alias, are refused', async () => {
    const refused = (pattern: string, message: RegExp): Promise<void> =>
      assert.rejects(expandFiles({ file: 'x.py', archives: [join(folder, pattern)] }, all), message);
    await refused('*.tgz', /\*\.tgz means no file: nothing has such a name/);
    await refused('[ab].zip#libs', /means 2 files, which can't all be called libs/);
  });
});
