import { basename } from 'node:path';
import type { Entry } from 'yauzl';
import { SparkdeckError } from '../protocol/errors.ts';
import { mainDescriptor, readClassFile } from './classFile.ts';
import { withJar, type Jar } from './jar.ts';
import { isLibraryClass } from './libraryPackages.ts';
import { nearestNames } from './nearestNames.ts';

export interface MainClasses {
  /** Names as spark-submit takes them, in alphabetical order. */
  classes: string[];
  /** The manifest's `Main-Class`, whether or not there is such a class. */
  manifestMainClass?: string;
}

/**
 * The classes of a jar that spark-submit can run: public, with a `public static void main(String[])`. A Scala object
 * is there by the name without `$`, since Scala puts a static forwarder there.
 *
 * A fat jar brings dozens of mains that belong to the libraries packed into it. Those of well-known libraries are
 * neither read nor listed, unless the manifest names them or there are no others.
 *
 * Throws SparkdeckError: `file.missing`, `file.kind`.
 */
export async function readMainClasses(jarFile: string): Promise<MainClasses> {
  const own = await withJar(jarFile, jar => findMainClasses(jar, className => !isLibraryClass(className)));
  if (own.classes.length > 0) return own;
  return withJar(jarFile, jar => findMainClasses(jar, isLibraryClass));
}

/** Whether the jar itself has the class. Throws SparkdeckError: `file.missing`, `file.kind`. */
export async function hasClass(jarFile: string, className: string): Promise<boolean> {
  const wanted = `${className.replaceAll('.', '/')}.class`;
  return withJar(jarFile, async jar => {
    for await (const entry of jar.entries()) {
      if (entry.fileName === wanted) return true;
    }
    return false;
  });
}

/**
 * Refuses a class that the jar doesn't have, naming the ones that were perhaps meant.
 * Throws SparkdeckError: `class.missing`, `file.missing`, `file.kind`.
 */
export async function requireClass(jarFile: string, className: string): Promise<void> {
  if (await hasClass(jarFile, className)) return;
  const { classes } = await readMainClasses(jarFile);
  throw new SparkdeckError(
    'class.missing',
    `There is no class ${className} in ${basename(jarFile)}. ${advice(className, classes)}`,
  );
}

function advice(className: string, classes: string[]): string {
  if (classes.length === 0) return 'No class in it has a main method: is it the right jar?';
  const near = nearestNames(className, classes);
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  const some = classes.slice(0, 3).join(', ');
  return `It can run ${some}${classes.length > 3 ? ` and ${classes.length - 3} more` : ''}.`;
}

async function findMainClasses(jar: Jar, wanted: (className: string) => boolean): Promise<MainClasses> {
  const classes = new Set<string>();
  let manifestMainClass: string | undefined;
  for await (const entry of jar.entries()) {
    if (entry.fileName === 'META-INF/MANIFEST.MF') {
      // The jar tool and all build tools put it before the classes.
      manifestMainClass = mainClassOf((await jar.read(entry, manifestLimit))?.toString('utf8') ?? '');
      continue;
    }
    const className = classNameOf(entry);
    if (className === undefined || !(wanted(className) || className === manifestMainClass)) continue;
    const bytes = await jar.read(entry, classLimit);
    if (bytes && isMainClass(bytes, className)) classes.add(className);
  }
  return {
    classes: [...classes].toSorted(),
    ...(manifestMainClass === undefined ? {} : { manifestMainClass }),
  };
}

const manifestLimit = 1024 * 1024;
/** Far beyond what compilers write; a bound for what is held in memory at once. */
const classLimit = 16 * 1024 * 1024;

/** undefined for what isn't a class of its own: resources, module-info, and the variants of a multi-release jar. */
function classNameOf(entry: Entry): string | undefined {
  const path = entry.fileName;
  if (!path.endsWith('.class') || path.startsWith('META-INF/') || path.endsWith('-info.class'))
    return undefined;
  return path.slice(0, -'.class'.length).replaceAll('/', '.');
}

function isMainClass(bytes: Buffer, className: string): boolean {
  // Most classes never mention a method like main: a search for its descriptor is much cheaper than reading them.
  if (!bytes.includes(mainDescriptor, 0, 'latin1')) return false;
  try {
    const summary = readClassFile(bytes);
    return summary.hasMain && summary.name === className;
  } catch (error) {
    // A damaged or foreign file among the classes doesn't make the others unusable.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Manifest lines are folded at 72 bytes: a line that begins with a space goes on with the line before. */
function mainClassOf(manifest: string): string | undefined {
  const unfolded = manifest.replaceAll(/\r?\n /g, '');
  return /^Main-Class:[ \t]*(\S+)/im.exec(unfolded)?.[1];
}
