import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLocalDirNoted, namesLocalDir, noteLocalDir } from '../../../server/batches/localDir.ts';
import { compileJar } from '../artifacts/compileJar.ts';

describe('batches/localDir', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sparkdeck-local-dir-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const setting = 'SparkConf().set("spark.local.dir", "/mine")\n';
  const plain = 'from pyspark.sql import SparkSession\n';

  it('finds it in the program, in a module beside it that it imports, and in its arguments', async () => {
    const file = write('plain.py', `${plain}import helper\n`);
    write('unrelated.py', setting);
    assert.equal(await namesLocalDir({ file }), false);
    assert.equal(await namesLocalDir({ file: write('sets.py', plain + setting) }), true);
    assert.equal(await namesLocalDir({ file, args: ['--conf', 'spark.local.dir=/mine'] }), true);
    assert.equal(await namesLocalDir({ file, environment: { OPTS: 'spark.local.dir=/mine' } }), true);
    write('helper.py', setting);
    assert.equal(await namesLocalDir({ file }), true);
    assert.equal(await namesLocalDir({ file: `file://${file}` }), true);
  });

  it('finds it in Python files that are sent along, packed too', async () => {
    const file = write('plain.py', plain);
    const module = write('other.py', setting);
    assert.equal(await namesLocalDir({ file, pyFiles: [module] }), true);
    execFileSync('jar', ['--create', '--file', join(folder, 'm.zip'), '-C', folder, 'other.py']);
    assert.equal(await namesLocalDir({ file, pyFiles: [join(folder, 'm.zip')] }), true);
  });

  it('finds it in the classes of a jar, and not in those of libraries packed into it', async () => {
    const source = (type: string, text: string): string =>
      `package ${type.split('.').slice(0, -1).join('.')}; public class ${type.split('.').at(-1)} { public static void main(String[] a) { System.out.println("${text}"); } }`;
    const jarOf = (name: string, sources: Record<string, string>): string => {
      const own = join(folder, name);
      mkdirSync(own);
      return compileJar(own, sources);
    };
    const library = {
      'org/apache/spark/Lib.java': source('org.apache.spark.Lib', 'spark.local.dir'),
      'com/example/Plain.java': source('com.example.Plain', 'x'),
    };
    assert.equal(await namesLocalDir({ file: jarOf('fat', library) }), false);
    const own = { 'com/example/Sets.java': source('com.example.Sets', 'spark.local.dir') };
    assert.equal(await namesLocalDir({ file: jarOf('own', own) }), true);
  });

  it('is not stopped by what it cannot read', async () => {
    for (const file of ['/no/such.py', 's3a://bucket/a.py', folder, write('broken.jar', 'no jar')]) {
      assert.equal(await namesLocalDir({ file }), false);
    }
    execFileSync('mkfifo', [join(folder, 'pipe.py')]);
    assert.equal(await namesLocalDir({ file: join(folder, 'pipe.py') }), false);
  });

  it('notes it in the folder of the batch', () => {
    const batch = join(folder, 'batch');
    assert.equal(isLocalDirNoted(batch), false);
    noteLocalDir(batch);
    assert.equal(isLocalDirNoted(batch), true);
  });
});
