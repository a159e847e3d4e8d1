import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A file's text; a program's (made executable); or where a link leads, as seen from the tree's root. */
export type Entry = string | { program: string } | { link: string };

/** A made-up folder tree, in a folder of its own whose name has a space and a letter outside ASCII. */
export class Tree {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async make(entries: Readonly<Record<string, Entry>> = {}): Promise<Tree> {
    const tree = new Tree(await mkdtemp(join(tmpdir(), 'sparkdeck é ')));
    await tree.add(entries);
    return tree;
  }

  async add(entries: Readonly<Record<string, Entry>>): Promise<void> {
    for (const [name, entry] of Object.entries(entries)) {
      const path = this.path(name);
      await mkdir(dirname(path), { recursive: true });
      if (typeof entry === 'string') await writeFile(path, entry);
      else if ('link' in entry) await symlink(this.path(entry.link), path);
      else {
        await writeFile(path, entry.program);
        await chmod(path, 0o755);
      }
    }
  }

  path(name: string): string {
    return join(this.root, name);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

const script = (text: string): Entry => ({ program: `#!/bin/sh\n${text}\n` });

/** A Java's home that tells its version in its release file; its program would fail if it were run. */
export const javaHome = (
  home: string,
  version: string,
  modules = 'java.base jdk.incubator.vector',
): Record<string, Entry> => ({
  [`${home}/bin/java`]: script('exit 99'),
  [`${home}/release`]: `JAVA_VERSION="${version}"\nMODULES="${modules}"\n`,
});

/** A Spark's home with as many files as it is known by. */
export const sparkHome = (home: string, version: string): Record<string, Entry> => ({
  [`${home}/bin/spark-submit`]: script('exit 99'),
  [`${home}/jars/spark-core_2.13-${version}.jar`]: '',
  [`${home}/jars/scala-library-2.13.18.jar`]: '',
  [`${home}/version.py`]: `__version__: str = '${version}'\n`,
});

/**
 * A program that answers as a Python would, so that any version can be had; what a real one answers is in the tests with
 * real programs. Each run adds a line to `FILE.runs`.
 */
export const python = (options: {
  path: string;
  version: string;
  searchPath?: string[];
  makesVenvs?: boolean;
}): Entry => {
  const { path, version, searchPath = [], makesVenvs = true } = options;
  const answer = JSON.stringify({ path, version, prefix: path, searchPath, makesVenvs });
  return script(`echo run >> "$0.runs"\nprintf '%s\\n' '${answer}'`);
};

export const failing = (message: string): Entry => script(`echo '${message}' >&2\nexit 127`);
