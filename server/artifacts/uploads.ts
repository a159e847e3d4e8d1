import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Value } from 'typebox/value';
import { SparkdeckError } from '../protocol/errors.ts';
import { UploadName, type Upload } from '../protocol/upload.ts';
import { formatBytes } from '../clusters/memory.ts';
import { isDiskFull } from '../store/database.ts';
import { UploadBudget, type Transfer } from './uploadBudget.ts';

const part = '.part-';
/** A team's name never begins so. */
const ownersFolder = '_owner';

export interface UploadsOptions {
  /** Where each team has a folder. */
  folder: string;
  /** Of one file, in bytes. */
  limit: number;
  /** Of all that a team has, in bytes. */
  teamLimit: () => number;
  /** Where uploads of a team are kept for its batches, though they may be replaced or removed. */
  heldIn: (team: string | undefined) => readonly string[];
}

/** Unless the settings say another. Bytes. */
export const usualTeamLimit = 20 * 2 ** 30;

/** Files that were sent here to be run: a folder a team. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #budget = new UploadBudget();

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Where each team has a folder. */
  get parent(): string {
    return this.#options.folder;
  }

  /** Removes what a backend that ended in the middle had begun to receive. */
  recover(): void {
    mkdirSync(this.parent, { recursive: true, mode: 0o700 });
    for (const team of readdirSync(this.parent, { withFileTypes: true })) {
      if (!team.isDirectory()) continue;
      for (const name of readdirSync(join(this.parent, team.name))) {
        if (name.startsWith(part)) rmSync(join(this.parent, team.name, name), { force: true });
      }
    }
  }

  /**
   * Writes a file as it comes in; it is there when it is whole, in the place of an older one of its name. Batches that
   * were accepted go on with that.
   * @param announced how large its sender says it is, in bytes
   * @throws SparkdeckError request.invalid, request.tooBig, request.slow, disk.full
   */
  async save(team: string | undefined, name: string, body: Readable, announced = 0): Promise<Upload> {
    checkName(name);
    const { limit } = this.#options;
    if (announced > limit) throw tooBig(name, limit);
    const folder = this.folder(team);
    const old = await describe(folder, name).catch(() => undefined);
    const transfer = await this.#budget.open(folder, this.#options.heldIn(team), old?.bytes ?? 0);
    const begun = join(folder, `${part}${randomUUID()}`);
    let isThere = false;
    try {
      this.#checkTotal(name, transfer.total() + announced);
      const measured = this.#measured(name, transfer);
      await pipeline(body, measured, createWriteStream(begun, { mode: 0o600, flags: 'wx' }));
      await rename(begun, join(folder, name));
      isThere = true;
    } catch (error) {
      await rm(begun, { force: true });
      if (!isDiskFull(error)) throw error;
      throw new SparkdeckError(
        'disk.full',
        `There is no room for ${name}. Free some space (removing old uploads and batches helps), then send it again.`,
        { cause: error },
      );
    } finally {
      transfer.close(isThere);
    }
    return describe(folder, name);
  }

  async list(team: string | undefined): Promise<Upload[]> {
    const folder = this.folder(team);
    const files = (await readdir(folder, { withFileTypes: true })).filter(entry => !entry.isDirectory());
    const names = files.map(({ name }) => name).filter(name => !name.startsWith('.'));
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
    const folder = join(this.parent, folderName(team));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  #measured(name: string, transfer: Transfer): Transform {
    const { limit } = this.#options;
    let bytes = 0;
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        transfer.add(chunk.length);
        try {
          if (bytes > limit) throw tooBig(name, limit);
          this.#checkTotal(name, transfer.total());
          done(null, chunk);
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)));
        }
      },
    });
  }

  #checkTotal(name: string, total: number): void {
    const limit = this.#options.teamLimit();
    if (total <= limit) return;
    throw new SparkdeckError(
      'request.tooBig',
      `With ${name}, the uploads here would take more than the ${formatBytes(limit)} that they may take together, those counted that batches still wait for. Remove some, or ask whoever runs the backend for more.`,
    );
  }
}

/** Names that differ only in capitals are one to some disks: a capital is written as + and the small letter. */
export function folderName(team: string | undefined): string {
  return team?.replaceAll(/[A-Z]/g, letter => `+${letter.toLowerCase()}`) ?? ownersFolder;
}

function tooBig(name: string, limit: number): SparkdeckError {
  return new SparkdeckError(
    'request.tooBig',
    `${name} is larger than the ${formatBytes(limit)} that are taken. Put it where Spark can read it, and name it by its URL.`,
  );
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
