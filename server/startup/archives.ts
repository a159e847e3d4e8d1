import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import type { Runtime } from '../protocol/runtime.ts';
import { LearnedCommand } from './learnCommand.ts';

/** What is kept of a runtime, so that its next driver starts faster. */
export interface Kept {
  learned?: LearnedCommand;
  /** The file of classes that are already parsed and verified. */
  archive?: string;
}

/** An archive is 150 to 200 MB. */
const most = 3;
/** Milliseconds after which whoever was making an archive is taken to be gone. */
const makingLimit = 60 * 60_000;

/**
 * Keeps, in one folder for each, what was found out about pairs of a Java and a Spark. When one of the two changes the
 * pair is another one. The JVM itself checks, as it starts, that an archive belongs to its jars and to itself.
 */
export class Archives {
  readonly #folder: string;

  /** @param folder shared by all backends of this user */
  constructor(folder: string) {
    this.#folder = folder;
  }

  find(runtime: Runtime): Kept {
    const folder = join(this.#folder, keyOf(runtime));
    const archive = join(folder, archiveName);
    try {
      const learned = Value.Parse(
        LearnedCommand,
        JSON.parse(readFileSync(join(folder, commandName), 'utf8')),
      );
      if (!existsSync(archive)) return { learned };
      // For the choice of what is let go.
      utimesSync(folder, new Date(), new Date());
      return { learned, archive };
    } catch {
      return {};
    }
  }

  async keepCommand(runtime: Runtime, learned: LearnedCommand): Promise<void> {
    const folder = join(this.#folder, keyOf(runtime));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${commandName}.${process.pid}`);
    await writeFile(file, JSON.stringify(learned), { mode: 0o600 });
    await rename(file, join(folder, commandName));
  }

  /**
   * Has an archive made and keeps it, and lets go those that were used longest ago.
   * @param make gets a folder to work in and returns the file
   * @returns false when another backend is at it
   */
  async makeArchive(runtime: Runtime, make: (folder: string) => Promise<string>): Promise<boolean> {
    const folder = join(this.#folder, keyOf(runtime));
    const work = `${folder}.making`;
    if (!(await this.#begin(work))) return false;
    try {
      await rename(await make(work), join(folder, archiveName));
    } finally {
      await rm(work, { recursive: true, force: true, maxRetries: 3 });
    }
    await this.#bound();
    return true;
  }

  async #begin(work: string): Promise<boolean> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const since = await stat(work).catch(() => undefined);
    if (since && Date.now() - since.mtimeMs > makingLimit) await rm(work, { recursive: true, force: true });
    return mkdir(work).then(
      () => true,
      () => false,
    );
  }

  async #bound(): Promise<void> {
    const names = (await readdir(this.#folder)).filter(name => !name.endsWith('.making'));
    const folders = names.map(name => join(this.#folder, name));
    const aged = await Promise.all(
      folders.map(async folder => ({ folder, at: (await stat(folder)).mtimeMs })),
    );
    const old = aged.toSorted((a, b) => b.at - a.at).slice(most);
    await Promise.all(old.map(({ folder }) => rm(folder, { recursive: true, force: true })));
  }
}

const archiveName = 'classes.jsa';
const commandName = 'command.json';

/** Of everything that is part of the command line or of the classes. */
function keyOf({ java, spark }: Runtime): string {
  const parts = [
    java.home,
    java.fullVersion,
    changed(join(java.home, 'release')),
    spark.home,
    spark.version,
    changed(join(spark.home, 'jars')),
    changed(join(spark.home, 'bin', 'spark-class')),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
