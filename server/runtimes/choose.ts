import type { ErrorCode } from '../protocol/errors.ts';
import type { Finding, Runtime, RuntimePreference } from '../protocol/runtime.ts';
import { javaFit, pythonFit, type Fit } from './fit.ts';
import type { FoundJava } from './javas.ts';
import type { FoundPython } from './pythons.ts';
import type { FoundSpark } from './sparks.ts';

export type Candidates = {
  javas: readonly FoundJava[];
  pythons: readonly FoundPython[];
  sparks: readonly FoundSpark[];
};

export type Problem = { code: ErrorCode; finding: Finding };

/** Three that fit together, or the first thing in the way; and what was passed over or goes with a doubt. */
export type Choice = { runtime?: Runtime; problem?: Problem; findings: Finding[] };

/** What to do about what isn't there; it depends on the machine. */
export type Advice = { java: string; python: string; spark: string };

/**
 * Takes the first Spark that some Java and some Python serve. A setting leaves no choice: where what it names doesn't
 * fit, that is a problem and nothing else is tried. Of what is merely found, the next best is taken.
 */
export function choose(found: Candidates, preference: RuntimePreference, advice: Advice): Choice {
  const sparks = sparksFor(preference, found.sparks);
  if (found.javas.length === 0)
    return missing('java', 'No Java was found by JAVA_HOME, on PATH or in the usual folders.', advice.java);
  if (found.pythons.length === 0) return missing('python', 'No Python 3 was found on PATH.', advice.python);
  if (sparks.length === 0) {
    const message = preference.sparkVersion
      ? `Spark ${preference.sparkVersion} is not installed.`
      : 'No Spark was found: SPARK_HOME is not set, no Python can import pyspark, and none is installed.';
    return missing('spark', message, advice.spark);
  }
  const given = sparks.find(spark => spark.source === 'setting');
  if (given && preference.sparkVersion && given.version !== preference.sparkVersion)
    return unfit({
      message: `The setting sparkHome names Spark ${given.version}, and version ${preference.sparkVersion} is asked for.`,
      advice: 'Remove one of the two settings.',
    });

  const findings: Finding[] = [];
  for (const spark of sparks) {
    const java = pick(javasFor(preference, found.javas), java => javaFit(spark.version, java));
    const python = pick(pythonsFor(preference, spark, found.pythons), python =>
      pythonFit(spark.version, python),
    );
    if (java.taken && python.taken) {
      const runtime = {
        java: plainJava(java.taken),
        spark: plainSpark(spark),
        python: plainPython(python.taken),
      };
      return { runtime, findings: [...findings, ...java.doubts, ...python.doubts] };
    }
    findings.push(...java.doubts, ...python.doubts);
  }
  const [first = unfitFinding({ message: 'No Spark fits.', advice: advice.spark }), ...others] = findings;
  return { problem: { code: 'runtime.unfit', finding: { ...first, level: 'error' } }, findings: others };
}

function sparksFor(preference: RuntimePreference, sparks: readonly FoundSpark[]): readonly FoundSpark[] {
  if (preference.sparkHome) return sparks.filter(spark => spark.source === 'setting');
  if (preference.sparkVersion)
    return sparks.filter(spark => spark.source === 'managed' && spark.version === preference.sparkVersion);
  return sparks;
}

const javasFor = (preference: RuntimePreference, javas: readonly FoundJava[]): readonly FoundJava[] =>
  preference.javaHome ? javas.filter(java => java.source === 'setting') : javas;

function pythonsFor(
  preference: RuntimePreference,
  spark: FoundSpark,
  pythons: readonly FoundPython[],
): readonly FoundPython[] {
  if (preference.python) return pythons.filter(python => python.source === 'setting');
  const named = pythons.filter(python => python.source === 'PYSPARK_PYTHON');
  const own = spark.ownPython ? [spark.ownPython] : [];
  return [...named, ...own, ...pythons.filter(python => !named.includes(python))];
}

type Pick<Thing> = { taken?: Thing; doubts: Finding[] };

/**
 * What the user named (by setting or variable) is taken unless it is bad; after that a good one goes before an untried
 * one. Doubts are told of what is taken and of what the user named; when nothing is taken, of the first.
 */
function pick<Thing extends { source: string }>(
  things: readonly Thing[],
  fitOf: (thing: Thing) => Fit,
): Pick<Thing> {
  const tried = things.map(thing => ({ thing, fit: fitOf(thing), named: namedSources.has(thing.source) }));
  const taken =
    tried.find(({ fit, named }) => named && fit.grade !== 'bad') ??
    tried.find(({ fit }) => fit.grade === 'good') ??
    tried.find(({ fit }) => fit.grade === 'untried');
  const told = tried.filter((entry, index) => entry === taken || entry.named || (!taken && index === 0));
  const doubts = told.flatMap(({ fit, thing }) => {
    if (fit.grade === 'good') return [];
    const prefix = thing === taken?.thing || !taken ? '' : `The one of ${thing.source} is passed over. `;
    return [unfitFinding({ message: `${prefix}${fit.message}`, advice: fit.advice })];
  });
  return { ...(taken && { taken: taken.thing }), doubts };
}

const namedSources: ReadonlySet<string> = new Set(['setting', 'JAVA_HOME', 'PYSPARK_PYTHON']);

const missing = (subject: 'java' | 'python' | 'spark', message: string, advice: string): Choice => ({
  problem: { code: 'runtime.missing', finding: { level: 'error', subject, message, advice } },
  findings: [],
});

const unfit = (words: { message: string; advice: string }): Choice => ({
  problem: { code: 'runtime.unfit', finding: { ...unfitFinding(words), level: 'error' } },
  findings: [],
});

const unfitFinding = ({ message, advice }: { message: string; advice: string }): Finding => ({
  level: 'warning',
  subject: 'fit',
  message,
  advice,
});

/** Only what the protocol tells of each: the rest is for choosing. */
const plainJava = ({ home, version, fullVersion, source }: FoundJava): Runtime['java'] => ({
  home,
  version,
  fullVersion,
  source,
});
const plainSpark = ({ home, version, source }: FoundSpark): Runtime['spark'] => ({ home, version, source });
const plainPython = ({ path, version, source }: FoundPython): Runtime['python'] => ({
  path,
  version,
  source,
});

/** Found things as the protocol tells them. */
export const plain = (
  found: Candidates,
): { javas: Runtime['java'][]; pythons: Runtime['python'][]; sparks: Runtime['spark'][] } => ({
  javas: found.javas.map(plainJava),
  pythons: found.pythons.map(plainPython),
  sparks: found.sparks.map(plainSpark),
});
