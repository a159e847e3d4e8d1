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
