import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProblems } from '../../../server/batches/problems.ts';
import { sourceFiles, type SourceFiles } from '../../../server/batches/sourceFiles.ts';
import { recordedOutput } from './recordedOutput.ts';

describe('batches/sourceFiles', () => {
  let folder: string;
  let sources: SourceFiles;
  const at = (...names: string[]): string => join(folder, ...names);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-sources-'));
    for (const each of ['app', 'lib', 'uploads', 'batch/uploads']) mkdirSync(at(each), { recursive: true });
    for (const file of ['app/job.py', 'lib/pricing.py', 'uploads/etl.py'])
      writeFileSync(at(file), 'a\n  b\n');
    const request = {
      file: at('app/job.py'),
      pyFiles: [`file://${at('lib/pricing.py')}`],
      workingFolder: at('app'),
    };
    sources = sourceFiles({ request, folder: at('batch') }, at('uploads'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('finds a file by its path, from the working folder if that is relative', () => {
    assert.equal(sources.find(at('app/job.py')), at('app/job.py'));
    assert.equal(sources.find('job.py'), at('app/job.py'));
    assert.equal(sources.find('../lib/pricing.py'), at('lib/pricing.py'));
    assert.equal(sources.line(at('app/job.py'), 2), '  b');
    assert.equal(sources.line(at('app/job.py'), 9), undefined);
  });

  it('finds none that is gone, or is a folder', () => {
    assert.equal(sources.find(at('app/gone.py')), undefined);
    assert.equal(sources.find(at('app')), undefined);
  });

  for (const copy of [
    '/tmp/localPyFiles-11081c3d-851e-4ba0-b89b-7b836da70c5d/pricing.py',
    '/tmp/spark-1295683e-2c96-48a6-9269-a062070cd41f/userFiles-64fe7c4f-bde9-472d-bed8-46f2e2d197df/pricing.py',
    '/var/work/app-20261125122233-0007/3/pricing.py',
  ]) {
    it(`knows the original of ${copy}`, () => {
      assert.equal(sources.find(copy), at('lib/pricing.py'));
    });
  }

  it('names an upload as its owner does, and no copy that it has no original of', () => {
    assert.equal(sources.find(at('batch/uploads/etl.py')), at('uploads/etl.py'));
    assert.equal(sources.find('/tmp/localPyFiles-11081c3d-851e-4ba0-b89b-7b836da70c5d/other.py'), undefined);
  });

  it('gives problems their place in what --py-files named', () => {
    for (const [name, line] of [
      ['py-pyfiles', 2],
      ['py-pyfiles_task', 2],
    ] as const) {
      const [problem] = findProblems(recordedOutput(name), { exitCode: 1 }, sources);
      assert.deepEqual([problem?.file, problem?.line], [at('lib/pricing.py'), line]);
    }
  });

  it('reads neither a device nor a pipe nor what is too large', () => {
    assert.equal(sources.find('/dev/zero'), undefined);
    execFileSync('mkfifo', [at('app/pipe.py')]);
    writeFileSync(at('app/large.py'), 'x\n'.repeat(3 * 2 ** 20));
    assert.equal(sources.find(at('app/pipe.py')), undefined);
    for (const file of ['/dev/zero', at('app/pipe.py'), at('app/large.py')]) {
      assert.equal(sources.line(file, 1), undefined);
    }
  });
});
