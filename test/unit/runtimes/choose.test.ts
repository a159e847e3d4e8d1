import assert from 'node:assert/strict';
import type { RuntimePreference } from '../../../server/protocol/runtime.ts';
import { choose } from '../../../server/runtimes/choose.ts';
import type { FoundJava } from '../../../server/runtimes/javas.ts';
import type { FoundPython } from '../../../server/runtimes/pythons.ts';
import type { FoundSpark } from '../../../server/runtimes/sparks.ts';

const java = (version: number, source = 'PATH'): FoundJava => ({
  home: `/jvm/${version}`,
  version,
  fullVersion: `${version}.0.1`,
  source,
  modules: undefined,
});
const python = (version: string, source = 'PATH'): FoundPython => ({
  path: `/py/${version}`,
  version,
  source,
  prefix: `/py/${version}`,
  searchPath: [],
  makesVenvs: true,
});
const spark = (version: string, source: FoundSpark['source'], ownPython?: FoundPython): FoundSpark => ({
  home: `/${source}/${version}`,
  version,
  source,
  ...(ownPython && { ownPython }),
});
const advice = { java: 'GET JAVA', python: 'GET PYTHON', spark: 'GET SPARK' };

/** "17 4.3.0/managed 3.11.2/PATH", or the error's code and its message. */
function chosen(
  javas: FoundJava[],
  pythons: FoundPython[],
  sparks: FoundSpark[],
  preference: RuntimePreference = {},
): string {
  const { runtime, problem } = choose({ javas, pythons, sparks }, preference, advice);
  if (runtime)
    return `${runtime.java.version} ${runtime.spark.version}/${runtime.spark.source} ${runtime.python.version}/${runtime.python.source}`;
  return `${problem?.code}: ${problem?.finding.message} ${problem?.finding.advice}`;
}

describe('choose', () => {
  it('takes the first Spark that something serves', () => {
    const sparks = [spark('4.3.0', 'SPARK_HOME'), spark('4.2.1', 'managed')];
    assert.equal(chosen([java(17)], [python('3.11.2')], sparks), '17 4.3.0/SPARK_HOME 3.11.2/PATH');
    assert.equal(chosen([java(17)], [python('3.10.2')], sparks), '17 4.2.1/managed 3.10.2/PATH');
  });

  it("takes a Spark's own Python before those on PATH, and PYSPARK_PYTHON before it", () => {
    const sparks = [spark('4.3.0', 'managed', python('3.12.1', 'managed'))];
    assert.equal(chosen([java(17)], [python('3.11.2')], sparks), '17 4.3.0/managed 3.12.1/managed');
    assert.equal(
      chosen([java(17)], [python('3.13.0', 'PYSPARK_PYTHON'), python('3.11.2')], sparks),
      '17 4.3.0/managed 3.13.0/PYSPARK_PYTHON',
    );
  });

  it('passes over a PYSPARK_PYTHON and a JAVA_HOME that are too old, and tells so', () => {
    const choice = choose(
      {
        javas: [java(11, 'JAVA_HOME'), java(17)],
        pythons: [python('3.9.1', 'PYSPARK_PYTHON'), python('3.11.2')],
        sparks: [spark('4.3.0', 'managed')],
      },
      {},
      advice,
    );
    assert.equal(choice.runtime?.java.version, 17);
    assert.equal(choice.runtime?.python.version, '3.11.2');
    assert.deepEqual(
      choice.findings.map(finding => `${finding.level} ${finding.message}`),
      [
        'warning The one of JAVA_HOME is passed over. Spark 4.3.0 needs Java 17 or newer; /jvm/11 is Java 11.',
        'warning The one of PYSPARK_PYTHON is passed over. Spark 4.3.0 needs Python 3.11 or newer; /py/3.9.1 is Python 3.9.1.',
      ],
    );
  });

  it('prefers a supported Java to an untried one, unless JAVA_HOME names it', () => {
    const sparks = [spark('3.5.9', 'SPARK_HOME')];
    assert.match(chosen([java(21), java(17)], [python('3.11.2')], sparks), /^17 /);
    assert.match(chosen([java(21, 'JAVA_HOME'), java(17)], [python('3.11.2')], sparks), /^21 /);
    assert.match(chosen([java(21)], [python('3.11.2')], sparks), /^21 /);
  });

  it('never replaces what a setting names', () => {
    const sparks = [spark('4.3.0', 'managed', python('3.11.2', 'managed'))];
    assert.equal(
      chosen([java(11, 'setting'), java(17)], [python('3.11.2')], sparks, { javaHome: '/jvm/11' }),
      'runtime.unfit: Spark 4.3.0 needs Java 17 or newer; /jvm/11 is Java 11. Use Java 17, 21 or 25 with Spark 4.3.0.',
    );
    assert.match(
      chosen([java(17)], [python('3.10.2', 'setting'), python('3.11.2')], sparks, { python: '/py/3.10.2' }),
      /^runtime\.unfit: Spark 4\.3\.0 needs Python 3\.11 or newer; \/py\/3\.10\.2 is Python 3\.10\.2\./,
    );
    const given = [spark('3.5.9', 'setting'), ...sparks];
    assert.match(
      chosen([java(25)], [python('3.11.2')], given, { sparkHome: '/setting/3.5.9' }),
      /^runtime\.unfit: Spark 3\.5\.9 fails on Java 23 and newer/,
    );
    assert.match(
      chosen([java(17)], [python('3.11.2')], given, { sparkHome: '/setting/3.5.9', sparkVersion: '4.3.0' }),
      /^runtime\.unfit: The setting sparkHome names Spark 3\.5\.9, and version 4\.3\.0 is asked for\./,
    );
  });

  it('takes a Spark of a version only from the managed ones', () => {
    const sparks = [spark('4.3.0', 'SPARK_HOME'), spark('4.3.0', 'managed'), spark('4.2.1', 'managed')];
    const preference = { sparkVersion: '4.2.1' };
    assert.equal(chosen([java(17)], [python('3.11.2')], sparks, preference), '17 4.2.1/managed 3.11.2/PATH');
    assert.equal(
      chosen([java(17)], [python('3.11.2')], sparks.slice(0, 1), preference),
      'runtime.missing: Spark 4.2.1 is not installed. GET SPARK',
    );
  });

  it('says what is missing, Java first', () => {
    assert.match(chosen([], [], []), /^runtime\.missing: No Java was found .* GET JAVA$/);
    assert.match(chosen([java(17)], [], []), /^runtime\.missing: No Python 3 was found .* GET PYTHON$/);
    assert.match(
      chosen([java(17)], [python('3.11.2')], []),
      /^runtime\.missing: No Spark was found.* GET SPARK$/,
    );
  });

  it('tells the protocol no more than it has fields for', () => {
    const { runtime } = choose(
      { javas: [java(17)], pythons: [python('3.11.2')], sparks: [spark('4.3.0', 'managed')] },
      {},
      advice,
    );
    assert.deepEqual(runtime, {
      java: { home: '/jvm/17', version: 17, fullVersion: '17.0.1', source: 'PATH' },
      spark: { home: '/managed/4.3.0', version: '4.3.0', source: 'managed' },
      python: { path: '/py/3.11.2', version: '3.11.2', source: 'PATH' },
    });
  });
});
