import assert from 'node:assert/strict';
import {
  compareVersions,
  javaFit,
  newestRelease,
  pythonFit,
  seriesTable,
} from '../../../server/runtimes/fit.ts';

const java = (
  version: number,
  modules?: string[],
): { home: string; version: number; modules: Set<string> | undefined } => ({
  home: `/jvm/${version}`,
  version,
  modules: modules && new Set(modules),
});
const python = (version: string): { path: string; version: string } => ({
  path: `/bin/python${version}`,
  version,
});

describe('fit', () => {
  const javas: [spark: string, java: number, grade: string][] = [
    ['4.3.0', 8, 'bad'],
    ['4.3.0', 11, 'bad'],
    ['4.3.0', 17, 'good'],
    ['4.3.0', 19, 'untried'],
    ['4.3.0', 21, 'good'],
    ['4.3.0', 25, 'good'],
    ['4.3.0', 26, 'untried'],
    ['4.2.1', 25, 'good'],
    ['4.1.1', 17, 'good'],
    ['4.1.1', 25, 'untried'],
    ['4.0.0', 17, 'good'],
    ['4.0.0', 22, 'untried'],
    ['4.0.0', 23, 'bad'],
    ['3.5.9', 7, 'bad'],
    ['3.5.9', 8, 'good'],
    ['3.5.9', 11, 'good'],
    ['3.5.9', 17, 'good'],
    ['3.5.9', 21, 'untried'],
    ['3.5.9', 25, 'bad'],
    ['4.9.0', 17, 'good'],
    ['5.0.0', 11, 'bad'],
    ['3.1.2', 11, 'good'],
    ['3.1.2', 25, 'bad'],
  ];
  for (const [spark, version, grade] of javas)
    it(`Java ${version} is ${grade} for Spark ${spark}`, () => {
      assert.equal(javaFit(spark, java(version)).grade, grade);
    });

  const pythons: [spark: string, python: string, grade: string][] = [
    ['4.3.0', '2.7.18', 'bad'],
    ['4.3.0', '3.10.13', 'bad'],
    ['4.3.0', '3.11.2', 'good'],
    ['4.3.0', '3.14.0', 'good'],
    ['4.3.0', '3.15.0', 'untried'],
    ['4.2.1', '3.10.13', 'good'],
    ['4.1.1', '3.9.18', 'bad'],
    ['4.1.1', '3.10.13', 'good'],
    ['4.0.5', '3.9.18', 'good'],
    ['4.0.5', '3.14.0', 'untried'],
    ['3.5.9', '3.7.16', 'bad'],
    ['3.5.9', '3.8.18', 'good'],
    ['3.5.9', '3.11.7', 'good'],
    ['3.5.9', '3.12.1', 'untried'],
    ['3.5.9', '4.0.0', 'bad'],
  ];
  for (const [spark, version, grade] of pythons)
    it(`Python ${version} is ${grade} for Spark ${spark}`, () => {
      assert.equal(pythonFit(spark, python(version)).grade, grade);
    });

  it('says what it needs, what it got and what to use', () => {
    assert.deepEqual(javaFit('4.3.0', java(11)), {
      grade: 'bad',
      message: 'Spark 4.3.0 needs Java 17 or newer; /jvm/11 is Java 11.',
      advice: 'Use Java 17, 21 or 25 with Spark 4.3.0.',
    });
    assert.deepEqual(pythonFit('4.3.0', python('3.10.1')), {
      grade: 'bad',
      message: 'Spark 4.3.0 needs Python 3.11 or newer; /bin/python3.10.1 is Python 3.10.1.',
      advice: 'Use Python 3.11 to 3.14 with Spark 4.3.0.',
    });
  });

  it('wants the vector module for Spark 4, where the Java tells its modules', () => {
    assert.equal(javaFit('4.3.0', java(17, ['java.base'])).grade, 'bad');
    assert.equal(javaFit('4.3.0', java(17, ['java.base', 'jdk.incubator.vector'])).grade, 'good');
    assert.equal(javaFit('3.5.9', java(17, ['java.base'])).grade, 'good');
  });

  const releases: [javas: number[], pythons: string[], release: string | undefined][] = [
    [[17], ['3.11.2'], '4.3.0'],
    [[25], ['3.13.0'], '4.3.0'],
    [[17], ['3.10.13'], '4.2.1'],
    [[17], ['3.10.13', '3.12.0'], '4.3.0'],
    [[17], ['3.9.18'], '4.0.5'],
    [[11], ['3.11.2'], '3.5.9'],
    [[8], ['3.8.18'], '3.5.9'],
    [[8], ['3.12.1'], '3.5.9'],
    [[8, 21], ['3.11.2'], '4.3.0'],
    [[26], ['3.11.2'], '4.3.0'],
    [[17], ['3.7.16'], undefined],
    [[7], ['3.11.2'], undefined],
    [[], ['3.11.2'], undefined],
    [[17], [], undefined],
  ];
  for (const [versions, minors, release] of releases)
    it(`Java ${versions.join(' and ')} with Python ${minors.join(' and ')} carries ${release ?? 'nothing'}`, () => {
      assert.equal(
        newestRelease(
          versions.map(version => java(version)),
          minors.map(python),
        ),
        release,
      );
    });

  it('has each release in its own series, newest first', () => {
    const names = seriesTable.map(({ name }) => `${name}.0`);
    assert.deepEqual(
      names,
      names.toSorted((a, b) => compareVersions(b, a)),
    );
    for (const { name, release } of seriesTable)
      assert.ok(!release || release.startsWith(`${name}.`), release);
  });

  it('compares versions by number', () => {
    assert.ok(compareVersions('4.10.0', '4.9.9') > 0);
    assert.ok(compareVersions('3.5.9', '4.0.0') < 0);
    assert.equal(compareVersions('4.3.0', '4.3.0'), 0);
  });
});
