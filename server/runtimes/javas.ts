import { access, constants, readdir, realpath } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import type { Java } from '../protocol/runtime.ts';
import type { JavaTraits } from './fit.ts';
import type { JavaFolder } from './machine.ts';
import type { ProbeCache } from './probeCache.ts';
import { runProbe } from './runProbe.ts';
import { textIfThere } from '../store/regularFile.ts';

export type FoundJava = Java & JavaTraits;

/** A Java, or why there is none. */
export type JavaAnswer = { java: Omit<FoundJava, 'source'> } | { reason: string };

/**
 * Javas in the order in which they are preferred: JAVA_HOME, PATH, then the usual folders, newest first. A home that is
 * reached in two ways is listed once.
 */
export async function findJavas(options: {
  env: NodeJS.ProcessEnv;
  javaFolders: readonly JavaFolder[];
  cache: ProbeCache<JavaAnswer>;
}): Promise<{ javas: FoundJava[]; badJavaHome?: string }> {
  const { env, cache } = options;
  const look = (home: string): Promise<JavaAnswer> => inspectJava(home, env, cache);
  const [fromEnv, fromPath, fromFolders] = await Promise.all([
    env.JAVA_HOME ? look(env.JAVA_HOME) : undefined,
    Promise.all((await placesOnPath(env)).map(place => ask(place, env, cache))),
    Promise.all((await homesInFolders(options.javaFolders)).map(look)),
  ]);
  const javas = [
    ...named(fromEnv ? [fromEnv] : [], () => 'JAVA_HOME'),
    ...named(fromPath, () => 'PATH'),
    ...named(fromFolders, java => dirname(java.home)).toSorted((a, b) => b.version - a.version),
  ];
  return {
    javas: await distinct(javas),
    ...(fromEnv && 'reason' in fromEnv && { badJavaHome: fromEnv.reason }),
  };
}

export async function inspectJava(
  home: string,
  env: NodeJS.ProcessEnv,
  cache: ProbeCache<JavaAnswer>,
): Promise<JavaAnswer> {
  const program = join(home, 'bin', 'java');
  try {
    await access(program, constants.X_OK);
  } catch {
    return { reason: `${home} is not a Java: it has no bin/java that can be run.` };
  }
  return ask({ program, home }, env, cache);
}

type Place = { program: string; home?: string };

/** Reads the home's `release` file, which costs nothing; a Java without one, or a program without a home, is run. */
function ask(place: Place, env: NodeJS.ProcessEnv, cache: ProbeCache<JavaAnswer>): Promise<JavaAnswer> {
  const { program, home } = place;
  return cache.get(program, async () => {
    if (home !== undefined) {
      const told = parseRelease(textIfThere(join(home, 'release')));
      if (told) return { java: { home, ...told } };
    }
    const ran = await runProbe(program, ['-XshowSettings:properties', '-version'], env);
    if (!ran.ok) return { reason: `${program} ${ran.reason}.` };
    const settings = parseSettings(`${ran.stderr}\n${ran.stdout}`);
    return settings
      ? { java: { modules: undefined, ...settings } }
      : { reason: `${program} doesn't tell its version.` };
  });
}

/** The `release` file that lies in a Java's home. */
export function parseRelease(
  text: string,
): { version: number; fullVersion: string; modules: ReadonlySet<string> | undefined } | undefined {
  const fullVersion = /^JAVA_VERSION="?([^"\n]+)"?$/m.exec(text)?.[1];
  const version = fullVersion === undefined ? undefined : featureRelease(fullVersion);
  if (fullVersion === undefined || version === undefined) return undefined;
  const modules = /^MODULES="?([^"\n]+)"?$/m.exec(text)?.[1];
  return {
    version,
    fullVersion,
    modules: modules === undefined ? undefined : new Set(modules.split(/[\s,]+/)),
  };
}

/** What `java -XshowSettings:properties -version` prints. */
export function parseSettings(
  text: string,
): { home: string; version: number; fullVersion: string } | undefined {
  const home = /^\s*java\.home = (.+)$/m.exec(text)?.[1]?.trim();
  const fullVersion = /^\s*java\.version = (.+)$/m.exec(text)?.[1]?.trim();
  const version = fullVersion === undefined ? undefined : featureRelease(fullVersion);
  if (home === undefined || fullVersion === undefined || version === undefined) return undefined;
  return { home, version, fullVersion };
}

/** 8 for "1.8.0_392", 17 for "17.0.15", 26 for "26-ea". */
export function featureRelease(fullVersion: string): number | undefined {
  const digits = /^(?:1\.)?(\d+)/.exec(fullVersion)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const named = (answers: readonly JavaAnswer[], source: (java: { home: string }) => string): FoundJava[] =>
  answers.flatMap(answer => ('java' in answer ? { ...answer.java, source: source(answer.java) } : []));

async function placesOnPath(env: NodeJS.ProcessEnv): Promise<Place[]> {
  const places = new Map<string, Place>();
  for (const folder of (env.PATH ?? '').split(delimiter).filter(folder => folder !== '')) {
    const program = join(folder, 'java');
    const real = await realpath(program).catch(() => undefined);
    if (real === undefined) continue;
    // Shims (a script of jenv, a link to asdf) are not in the home that they lead to.
    const atHome = basename(real) === 'java' && basename(dirname(real)) === 'bin';
    places.set(real, atHome ? { program: real, home: dirname(dirname(real)) } : { program });
  }
  return [...places.values()];
}

async function homesInFolders(folders: readonly JavaFolder[]): Promise<string[]> {
  const homes = await Promise.all(
    folders.map(async ({ folder, name, inside }) => {
      const entries = await readdir(folder).catch((): string[] => []);
      return Promise.all(
        entries
          .filter(entry => name.test(entry))
          .map(entry => realpath(join(folder, entry, inside)).catch(() => undefined)),
      );
    }),
  );
  return [...new Set(homes.flat().filter(home => home !== undefined))];
}

async function distinct(javas: readonly FoundJava[]): Promise<FoundJava[]> {
  const real = await Promise.all(javas.map(java => realpath(java.home).catch(() => java.home)));
  return javas.filter((_, index) => real.indexOf(real[index] ?? '') === index);
}
