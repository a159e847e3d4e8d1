import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Value } from 'typebox/value';
import { SparkdeckError } from '../protocol/errors.ts';
import { UploadName, type Upload } from '../protocol/upload.ts';
import { isDiskFull } from '../store/database.ts';

const part = '.part-';
/** A team's name never begins so. */
const ownersFolder = '_owner';

/** Files that were sent here to be run: a folder a team. */
export class Uploads {
  readonly #folder: string;
  readonly #limit: number;

  /** @param options.limit of one file, in bytes */
  constructor(options: { folder: string; limit: number }) {
    this.#folder = options.folder;
    this.#limit = options.limit;
  }

  /** Removes what a backend that ended in the middle had begun to receive. */
  recover(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const team of readdirSync(this.#folder)) {
      for (const name of readdirSync(join(this.#folder, team))) {
        if (name.startsWith(part)) rmSync(join(this.#folder, team, name), { force: true });
      }
    }
  }

  /**
   * Writes a file as it comes in; it is there when it is whole, in the place of an older one of its name. What runs
   * with that goes on with it.
   * @param announced how large its sender says it is, in bytes
   * @throws SparkdeckError request.invalid, request.tooBig, request.slow, disk.full
   */
  async save(team: string | undefined, name: string, body: Readable, announced?: number): Promise<Upload> {
    checkName(name);
    if ((announced ?? 0) > this.#limit) throw this.#tooBig(name);
    const folder = this.folder(team);
    const begun = join(folder, `${part}${randomUUID()}`);
    try {
      await pipeline(body, this.#measured(name), createWriteStream(begun, { mode: 0o600, flags: 'wx' }));
      await rename(begun, join(folder, name));
    } catch (error) {
      await rm(begun, { force: true });
      if (!isDiskFull(error)) throw error;
      throw new SparkdeckError(
        'disk.full',
        `There is no room for ${name}. Free some space (removing old uploads and batches helps), then send it again.`,
        { cause: error },
      );
    }
    return describe(folder, name);
  }

  async list(team: string | undefined): Promise<Upload[]> {
    const folder = this.folder(team);
    const names = (await readdir(folder)).filter(name => !name.startsWith('.'));
    const found = await Promise.all(
      names.toSorted().map(name => describe(folder, name).catch(() => undefined)),
    );
    return found.filter(upload => upload !== undefined);
  }

  /** @throws SparkdeckError upload.missing */
  async path(team: string | undefined, name: string): Promise<string> {
    const path = join(this.folder(team), name);
    const isThere = Value.Check(UploadName, name) && (await stat(path).catch(() => undefined))?.isFile();
    if (isThere) return path;
    throw new SparkdeckError('upload.missing', `No file ${name} was uploaded. Upload it first.`);
  }

  /** @throws SparkdeckError upload.missing */
  async remove(team: string | undefined, name: string): Promise<void> {
    await rm(await this.path(team, name));
  }

  /** A team's folder, which is there. */
  folder(team: string | undefined): string {
    const folder = join(this.#folder, team ?? ownersFolder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  #measured(name: string): Transform {
    let bytes = 0;
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        if (bytes > this.#limit) done(this.#tooBig(name));
        else done(null, chunk);
      },
    });
  }

  #tooBig(name: string): SparkdeckError {
    const limit = Math.floor(this.#limit / 2 ** 20);
    return new SparkdeckError(
      'request.tooBig',
      `${name} is larger than the ${limit} MiB that are taken. Put it where Spark can read it, and name it by its URL.`,
    );
  }
}

function checkName(name: string): void {
  // Linux takes 255 bytes.
  if (Value.Check(UploadName, name) && Buffer.byteLength(name) <= 255) return;
  throw new SparkdeckError(
    'request.invalid',
    `"${name}" can't be the name of an upload. Take a file name without a folder, without a comma or #, and no dot in front.`,
  );
}

async function describe(folder: string, name: string): Promise<Upload> {
  const { size, mtimeMs } = await stat(join(folder, name));
  return { name, bytes: size, at: Math.round(mtimeMs) };
}
