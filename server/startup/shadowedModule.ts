import { opendirSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../protocol/errors.ts';

/** What a Python that has warmed up can import no other way any more, by names without a dot. */
export interface ImportedModules {
  /** They are loaded. */
  loaded: ReadonlySet<string>;
  /** It was looked for them, in vain, and whoever looked goes without. */
  absent: ReadonlySet<string>;
}

/** Entries of a folder above which it isn't looked through. */
const mostEntries = 20_000;

/**
 * Why a script would import something else in a Python that is warm than in one that starts with it: its folder, where
 * Python looks first, has a module of a name that the warm one has settled. Undefined where it makes no difference.
 * @param files that Spark puts on Python's path as well, by name
 */
export function shadowedModule(
  script: string,
  files: readonly string[],
  modules: ImportedModules,
): string | undefined {
  let folder: string;
  let beside: Entry[];
  try {
    folder = dirname(realpathSync(script));
    beside = entriesOf(folder);
  } catch (error) {
    return `its folder can't be read: ${messageOf(error)}`;
  }
  const named = files
    .flatMap(file => file.split('#'))
    .map(file => ({ name: basename(file), isFolder: false }));
  const found = [...beside, ...named];
  if (found.length > mostEntries) return `there are more than ${mostEntries} files beside it`;
  const shadow = found.find(({ name, isFolder }) => {
    const [module = ''] = name.split('.');
    if (!isFolder && !/\.(pyc?|so)$/.test(name)) return false;
    if (modules.absent.has(module)) return true;
    // A folder without __init__ only counts where there is no module of the name elsewhere.
    return modules.loaded.has(module) && (!isFolder || isPackage(join(folder, name)));
  });
  return (
    shadow && `${shadow.name} beside it has the name of a module that a warm driver has loaded or missed`
  );
}

interface Entry {
  name: string;
  isFolder: boolean;
}

function entriesOf(folder: string): Entry[] {
  const opened = opendirSync(folder);
  try {
    const found: Entry[] = [];
    for (let entry = opened.readSync(); entry && found.length <= mostEntries; entry = opened.readSync()) {
      // A link may lead to either; its name tells.
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && !entry.name.includes('.'));
      found.push({ name: entry.name, isFolder });
    }
    return found;
  } finally {
    opened.closeSync();
  }
}

function isPackage(folder: string): boolean {
  try {
    return readdirSync(folder).some(name => /^__init__\.(.*\.)?(pyc?|so)$/.test(name));
  } catch {
    // A link to a file, or one that can't be read.
    return false;
  }
}
