/** How a Java or a Python serves a Spark. `untried` may well work; `bad` is known not to start or to fail early. */
export type Fit = { grade: 'good' } | { grade: 'untried' | 'bad'; message: string; advice: string };

/** What of a Java decides whether a Spark runs on it. `modules` is undefined where the Java doesn't tell. */
export type JavaTraits = { home: string; version: number; modules: ReadonlySet<string> | undefined };

export type PythonTraits = { path: string; version: string };

/**
 * One line of releases. Java: feature releases that it names as supported, and from which on it fails. Python: minor
 * versions of Python 3, the least one that its package accepts, and the newest one that it names.
 */
export type Series = {
  name: string;
  /** The release that a managed install brings; absent where none is offered any more. */
  release?: string;
  java: { supported: readonly [number, ...number[]]; failsFrom?: number };
  python: { least: number; newest: number };
};

/**
 * Newest first. Sources: the overview page of each release's documentation, `Requires-Python` and the classifiers of
 * the PyPI package, and trial runs. Hadoop's client, as older releases bring it, calls Subject.getSubject, which fails
 * on Java 23 and newer.
 */
export const seriesTable: readonly [Series, ...Series[]] = [
  {
    name: '4.3',
    release: '4.3.0',
    java: { supported: [17, 21, 25] },
    python: { least: 11, newest: 14 },
  },
  {
    name: '4.2',
    release: '4.2.1',
    java: { supported: [17, 21, 25] },
    python: { least: 10, newest: 14 },
  },
  {
    name: '4.1',
    release: '4.1.4',
    java: { supported: [17, 21] },
    python: { least: 10, newest: 14 },
  },
  {
    name: '4.0',
    release: '4.0.5',
    java: { supported: [17, 21], failsFrom: 23 },
    python: { least: 9, newest: 13 },
  },
  {
    name: '3.5',
    release: '3.5.9',
    java: { supported: [8, 11, 17], failsFrom: 23 },
    python: { least: 8, newest: 11 },
  },
  {
    name: '3.4',
    java: { supported: [8, 11, 17], failsFrom: 23 },
    python: { least: 7, newest: 11 },
  },
];

/** The module that the launcher of Spark 4 adds by name; a Java without it stops before Spark's first line. */
const vectorModule = 'jdk.incubator.vector';

export function javaFit(sparkVersion: string, java: JavaTraits): Fit {
  const { supported, failsFrom } = seriesOf(sparkVersion).java;
  const which = `${java.home} is Java ${java.version}`;
  const advice = `Use Java ${alternatives(supported)} with Spark ${sparkVersion}.`;
  if (java.version < supported[0])
    return {
      grade: 'bad',
      message: `Spark ${sparkVersion} needs Java ${supported[0]} or newer; ${which}.`,
      advice,
    };
  if (failsFrom !== undefined && java.version >= failsFrom)
    return {
      grade: 'bad',
      message: `Spark ${sparkVersion} fails on Java ${failsFrom} and newer; ${which}.`,
      advice,
    };
  if (majorOf(sparkVersion) >= 4 && java.modules !== undefined && !java.modules.has(vectorModule))
    return {
      grade: 'bad',
      message: `Spark ${sparkVersion} needs the Java module ${vectorModule}, which the Java in ${java.home} was built without.`,
      advice: 'Use a Java with all its modules, as Linux distributions and Eclipse Temurin bring it.',
    };
  if (!supported.includes(java.version))
    return {
      grade: 'untried',
      message: `Spark ${sparkVersion} supports Java ${alternatives(supported)}; ${which}. It may work.`,
      advice,
    };
  return { grade: 'good' };
}

export function pythonFit(sparkVersion: string, python: PythonTraits): Fit {
  const { least, newest } = seriesOf(sparkVersion).python;
  const which = `${python.path} is Python ${python.version}`;
  const advice = `Use Python 3.${least} to 3.${newest} with Spark ${sparkVersion}.`;
  const [major = 0, minor = 0] = python.version.split('.').map(Number);
  if (major !== 3 || minor < least)
    return {
      grade: 'bad',
      message: `Spark ${sparkVersion} needs Python 3.${least} or newer; ${which}.`,
      advice,
    };
  if (minor > newest)
    return {
      grade: 'untried',
      message: `Spark ${sparkVersion} is older than Python 3.${minor}, and supports 3.${least} to 3.${newest}; ${which}. It may work.`,
      advice,
    };
  return { grade: 'good' };
}

/**
 * The newest Spark that a managed install could bring for one of these Javas and one of these Pythons: the newest that
 * both are good for, or else the newest that they at least aren't bad for.
 */
export function newestRelease(
  javas: readonly JavaTraits[],
  pythons: readonly PythonTraits[],
): string | undefined {
  const releases = seriesTable.flatMap(series => series.release ?? []);
  const serves = (release: string, fits: (fit: Fit) => boolean): boolean =>
    javas.some(java => fits(javaFit(release, java))) &&
    pythons.some(python => fits(pythonFit(release, python)));
  return (
    releases.find(release => serves(release, fit => fit.grade === 'good')) ??
    releases.find(release => serves(release, fit => fit.grade !== 'bad'))
  );
}

/** Negative when `a` is older than `b`. Versions of three numbers. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let part = 0; part < 3; part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A Spark newer than the table is held to the newest line of it, an older one to the oldest. */
function seriesOf(sparkVersion: string): Series {
  const [newest] = seriesTable;
  const known = seriesTable.find(series => sparkVersion.startsWith(`${series.name}.`));
  if (known) return known;
  return (
    seriesTable.find(series => compareVersions(`${series.name}.0`, sparkVersion) < 0) ??
    seriesTable.at(-1) ??
    newest
  );
}

const majorOf = (version: string): number => Number(version.split('.')[0]);

const alternatives = (numbers: readonly number[]): string =>
  numbers.length === 1 ? `${numbers[0]}` : `${numbers.slice(0, -1).join(', ')} or ${numbers.at(-1)}`;
