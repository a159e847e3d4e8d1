import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClassFile } from '../../../server/artifacts/classFile.ts';
import { hasClass, readMainClasses, requireClass } from '../../../server/artifacts/mainClasses.ts';
import { SparkdeckError, type ErrorCode } from '../../../server/protocol/errors.ts';
import { compileJar } from './compileJar.ts';

const main = 'public static void main(String[] args) {}';

const sources = {
  'com/example/WordCount.java': `package com.example; public class WordCount {
    static final long LONG = 1L << 40; static final double DOUBLE = 0.5; static final String TEXT = "main";
    ${main}
    public static class Nested { ${main} }
    static class Hidden { ${main} } }`,
  'com/example/Varargs.java': `package com.example; public class Varargs { public static void main(String... args) { Runnable r = () -> {}; r.run(); } }`,
  'com/example/Contract.java': `package com.example; public interface Contract { static void main(String[] args) {} }`,
  'com/example/Mute.java': `package com.example; public class Mute { String main = "([Ljava/lang/String;)V"; public static void run(String[] args) {} }`,
  'com/example/Instance.java': `package com.example; public class Instance { public void main(String[] args) {} }`,
  'com/example/Answers.java': `package com.example; public class Answers { public static int main(String[] args) { return 0; } }`,
  'com/example/Inside.java': `package com.example; class Inside { ${main} }`,
  'com/example/Prüfung.java': `package com.example; public class Prüfung { ${main} }`,
  'org/apache/commons/Tool.java': `package org.apache.commons; public class Tool { ${main} }`,
};

const own = [
  'com.example.Contract',
  'com.example.Prüfung',
  'com.example.Varargs',
  'com.example.WordCount',
  'com.example.WordCount$Nested',
];

const code =
  (expected: ErrorCode, message: RegExp) =>
  (error: unknown): boolean =>
    error instanceof SparkdeckError && error.code === expected && message.test(error.message);

describe('artifacts/mainClasses', () => {
  let folder: string;
  let jarFile: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-jar-'));
    jarFile = compileJar(folder, sources);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('lists what spark-submit can call, without the mains of libraries', async () => {
    assert.deepEqual(await readMainClasses(jarFile), { classes: own });
  });

  it('reads a jar as the JVM does: behind a script, with a comment, of zip64, without a manifest, for several Javas', async () => {
    const script = Buffer.from('#!/bin/sh\nexec java -jar "$0" "$@"\n');
    const bare = join(folder, 'bare.jar');
    execFileSync('jar', ['--create', '--no-manifest', '--file', bare, '-C', join(folder, 'classes'), '.']);
    const releases = join(folder, 'releases.jar');
    const classes = ['-C', join(folder, 'classes'), '.'];
    execFileSync('jar', ['--create', '--file', releases, ...classes, '--release', '17', ...classes]);
    const made = {
      'wide.jar': [zip64(readFileSync(jarFile))],
      'prefixed.jar': [script, readFileSync(jarFile)],
      'prefixed bare.jar': [script, readFileSync(bare)],
      'far.jar': [Buffer.alloc(300_000, 'x'), readFileSync(bare)],
      'commented.jar': [script, withComment(readFileSync(jarFile), 'a comment PK\u0005\u0006 in the way')],
    };
    for (const [name, parts] of Object.entries(made)) writeFileSync(join(folder, name), Buffer.concat(parts));
    for (const name of [...Object.keys(made), 'bare.jar', 'releases.jar']) {
      const read = await readMainClasses(join(folder, name));
      assert.deepEqual(read.classes, own, name);
      const listed = execFileSync('javap', ['-cp', join(folder, name), 'com.example.Varargs'], {
        encoding: 'utf8',
      });
      assert.match(listed, /main/, `${name}: the JVM reads it too`);
    }
  });

  it("reads the manifest's main class, folded lines included, and lists it wherever it is from", async () => {
    const named = join(folder, 'named.jar');
    cpSync(jarFile, named);
    execFileSync('jar', ['--update', '--file', named, '--main-class', 'org.apache.commons.Tool']);
    assert.deepEqual(await readMainClasses(named), {
      classes: [...own, 'org.apache.commons.Tool'],
      manifestMainClass: 'org.apache.commons.Tool',
    });

    const long = `com.example.${'a'.repeat(150)}.Main`;
    execFileSync('jar', ['--update', '--file', named, '--main-class', long]);
    assert.equal((await readMainClasses(named)).manifestMainClass, long);
  });

  it('lists the mains of libraries when there are no others', async () => {
    const library = join(folder, 'library.jar');
    execFileSync('jar', ['--create', '--file', library, '-C', join(folder, 'classes'), 'org']);
    assert.deepEqual(await readMainClasses(library), { classes: ['org.apache.commons.Tool'] });
  });

  it('reads stored entries as well as packed ones', async () => {
    const stored = join(folder, 'stored.jar');
    execFileSync('jar', [
      '--create',
      '--no-compress',
      '--file',
      stored,
      '-C',
      join(folder, 'classes'),
      'com',
    ]);
    assert.deepEqual((await readMainClasses(stored)).classes, own);
  });

  it('passes over a class file that is damaged', async () => {
    const classes = join(folder, 'damaged');
    cpSync(join(folder, 'classes', 'com'), join(classes, 'com'), { recursive: true });
    truncateSync(join(classes, 'com', 'example', 'Varargs.class'), 200);
    writeFileSync(join(classes, 'com', 'example', 'Text.class'), 'main([Ljava/lang/String;)V');
    const damaged = join(folder, 'damaged.jar');
    execFileSync('jar', ['--create', '--file', damaged, '-C', classes, '.']);
    assert.deepEqual(
      (await readMainClasses(damaged)).classes,
      own.filter(name => name !== 'com.example.Varargs'),
    );
  });

  it('goes through thousands of classes', async () => {
    const classes = join(folder, 'many', 'com', 'example', 'many');
    mkdirSync(classes, { recursive: true });
    const wordCount = readFileSync(join(folder, 'classes', 'com', 'example', 'Mute.class'));
    for (let n = 0; n < 3000; n++) writeFileSync(join(classes, `Mute${n}.class`), wordCount);
    const many = join(folder, 'many.jar');
    cpSync(jarFile, many);
    execFileSync('jar', ['--update', '--file', many, '-C', join(folder, 'many'), '.']);
    assert.deepEqual((await readMainClasses(many)).classes, own);
    assert.equal(await hasClass(many, 'com.example.many.Mute2999'), true);
  });

  it('knows which classes there are', async () => {
    assert.equal(await hasClass(jarFile, 'com.example.Inside'), true);
    assert.equal(await hasClass(jarFile, 'com.example.WordCount$Nested'), true);
    assert.equal(await hasClass(jarFile, 'com.example.Word'), false);
  });

  it('refuses a class that is not there, and says which may be meant', async () => {
    await requireClass(jarFile, 'com.example.WordCount');
    await assert.rejects(
      requireClass(jarFile, 'com.example.WordCuont'),
      code(
        'class.missing',
        /no class com\.example\.WordCuont in jobs ü\.jar\. Did you mean com\.example\.WordCount\?/,
      ),
    );
    await assert.rejects(
      requireClass(jarFile, 'Varargs'),
      code('class.missing', /Did you mean com\.example\.Varargs\?/),
    );
    await assert.rejects(
      requireClass(jarFile, 'Nothing'),
      code('class.missing', /It can run com\.example\.Contract, .* and 2 more/),
    );
  });

  it('says what is wrong with a file', async () => {
    const text = join(folder, 'text.jar');
    writeFileSync(text, 'no jar');
    const empty = join(folder, 'empty.jar');
    writeFileSync(empty, '');
    const half = join(folder, 'half.jar');
    cpSync(jarFile, half);
    truncateSync(half, 2000);
    await assert.rejects(
      readMainClasses(join(folder, 'gone.jar')),
      code('file.missing', /There is no file .*gone\.jar/),
    );
    await assert.rejects(readMainClasses(text), code('file.kind', /not a whole jar/));
    await assert.rejects(readMainClasses(empty), code('file.kind', /not a whole jar/));
    await assert.rejects(hasClass(half, 'com.example.WordCount'), code('file.kind', /not a whole jar/));
    await assert.rejects(readMainClasses(folder), code('file.kind', /is not a file/));
    // Opening a pipe waits for a writer, unless it is told not to.
    execFileSync('mkfifo', [join(folder, 'pipe.jar')]);
    await assert.rejects(readMainClasses(join(folder, 'pipe.jar')), code('file.kind', /is not a file/));
  });

  describe('classFile', () => {
    const bytesOf = (path: string): Buffer => readFileSync(join(folder, 'classes', path));

    it('reads name, version and whether it has a main', () => {
      const summary = readClassFile(bytesOf('com/example/WordCount.class'));
      assert.equal(summary.name, 'com.example.WordCount');
      assert.ok(summary.majorVersion >= 61);
      assert.equal(summary.hasMain, true);
      assert.equal(readClassFile(bytesOf('com/example/Inside.class')).hasMain, false);
    });

    it('throws RangeError wherever the bytes end too early', () => {
      const bytes = bytesOf('com/example/Mute.class');
      const upToMethods = bytes.length - 60;
      for (let length = 0; length < upToMethods; length += 7) {
        assert.throws(() => readClassFile(bytes.subarray(0, length)), RangeError, `${length} bytes`);
      }
    });
  });
});

/** The same zip, with a comment at its end. */
function withComment(zip: Buffer, comment: string): Buffer {
  const copy = Buffer.from(zip);
  copy.writeUInt16LE(Buffer.byteLength(comment), copy.length - 2);
  return Buffer.concat([copy, Buffer.from(comment)]);
}

/** The same zip with the long end record of those with more than 65,535 files or 4 GiB. */
function zip64(zip: Buffer): Buffer {
  const at = zip.length - 22;
  const end = Buffer.from(zip.subarray(at));
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  for (const place of [24, 32]) record.writeBigUInt64LE(BigInt(end.readUInt16LE(10)), place);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50);
  locator.writeBigUInt64LE(BigInt(at), 8);
  locator.writeUInt32LE(1, 16);
  end.fill(0xff, 8, 20);
  return Buffer.concat([zip.subarray(0, at), record, locator, end]);
}
