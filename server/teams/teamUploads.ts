import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { folderName, type Uploads } from '../artifacts/uploads.ts';
import type { Batches } from '../batches/batches.ts';
import { localPath } from '../batches/checkRequest.ts';
import { expandFiles } from '../batches/expandFiles.ts';
import { expandGlob, isGlob } from '../batches/globs.ts';
import { filesOf, otherPathsOf, textsOf, withFiles } from '../batches/requestFiles.ts';
import type { BatchRequest } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Upload } from '../protocol/upload.ts';
import type { Audit } from './audit.ts';
import { isForeign } from './foreignPaths.ts';
import { requireRole, type Identity } from './identity.ts';
import { namedPaths } from './namedPaths.ts';

const scheme = 'upload:';
/** Stands for the folder of the batch that is submitted. None has this number. */
const newBatch = '0';

/** The uploaded files of a caller's team; of the owner when he has none. */
export class TeamUploads {
  readonly #identity: Identity;
  readonly #uploads: Uploads;
  readonly #batches: Batches;
  readonly #audit: Audit;
  readonly #dataFolder: string;

  constructor(
    identity: Identity,
    rooms: { uploads: Uploads; batches: Batches; audit: Audit; dataFolder: string },
  ) {
    this.#identity = identity;
    this.#uploads = rooms.uploads;
    this.#batches = rooms.batches;
    this.#audit = rooms.audit;
    this.#dataFolder = rooms.dataFolder;
  }

  async list(): Promise<Upload[]> {
    return this.#uploads.list(this.#identity.team);
  }

  /** @param announced how large its sender says it is, in bytes */
  async save(name: string, body: Readable, announced?: number): Promise<Upload> {
    return this.#change('upload/save', name, () =>
      this.#uploads.save(this.#identity.team, name, body, announced),
    );
  }

  async remove(name: string): Promise<void> {
    return this.#change('upload/remove', name, () => this.#uploads.remove(this.#identity.team, name));
  }

  /** Where they lie. */
  get folder(): string {
    return this.#uploads.folder(this.#identity.team);
  }

  /**
   * The request with every `upload:NAME` exchanged for the file's path, and every pattern for the files that it means.
   * @param old a request that was granted before: what it names may be named again, whosever it is
   * @throws SparkdeckError upload.missing, file.missing also for what is kept for another team
   */
  async resolve(request: BatchRequest, old?: BatchRequest): Promise<BatchRequest> {
    const granted = new Set(old ? [...filesOf(old), ...otherPathsOf(old), ...textsOf(old)] : []);
    const named = new Map<string, string>();
    const expanded = await expandFiles(
      request,
      async path => granted.has(path) || !(await this.#isForeign(path)),
    );
    for (const file of filesOf(expanded)) {
      const path = await this.#path(file);
      named.set(file, path);
      if (path === file && !granted.has(file)) await this.#requireOwn(file);
    }
    const main = localPath(named.get(expanded.file) ?? expanded.file);
    // As `checkRequest` has it.
    const folder = request.workingFolder ?? (main ? dirname(main) : join(this.#batches.folder, newBatch));
    const texts = [...filesOf(expanded).filter(file => !file.startsWith(scheme)), ...textsOf(request)];
    await this.#requireOwnIn(
      texts.filter(text => !granted.has(text)),
      folder,
    );
    for (const path of otherPathsOf(request)) {
      if (!granted.has(path)) await this.#requireOwn(path, folder);
    }
    return withFiles(expanded, file => named.get(file) ?? file);
  }

  /** An archive's name may be followed by # and what it is to be called. */
  async #path(file: string): Promise<string> {
    if (!file.startsWith(scheme)) return file;
    const [name = '', ...alias] = file.slice(scheme.length).split('#');
    return [await this.#uploads.path(this.#identity.team, name), ...alias].join('#');
  }

  /** @param folder from which a relative path is read */
  async #requireOwn(file: string, folder = '/'): Promise<void> {
    const named = localPath(file.replace(/#[^/]*$/, ''));
    if (this.#identity.team === undefined || !named) return;
    const path = resolve(folder, named);
    // In a setting, Spark itself looks for what a pattern means.
    for (const each of isGlob(path) ? [path, ...(await expandGlob(path))] : [path]) {
      if (!(await this.#isForeign(each))) continue;
      throw new SparkdeckError(
        'file.missing',
        `${path} can't be read: your team has no such file. Upload it, or name another one.`,
      );
    }
  }

  /** As `#requireOwn`, by whatever spelling a text names a file. */
  async #requireOwnIn(texts: readonly string[], folder: string): Promise<void> {
    if (this.#identity.team === undefined) return;
    const paths = namedPaths(texts, folder);
    if (!paths)
      throw new SparkdeckError(
        'request.invalid',
        'The request names too many files. Put them into a folder.',
      );
    for (const path of paths) {
      if (!(await this.#isForeign(path))) continue;
      throw new SparkdeckError(
        'file.missing',
        `${path} can't be read: your team has no such file. Upload it, or name another one.`,
      );
    }
  }

  /** Whether a path leads to what is kept for another team. */
  async #isForeign(path: string): Promise<boolean> {
    const { team } = this.#identity;
    if (team === undefined) return false;
    return isForeign(path, {
      dataFolder: this.#dataFolder,
      uploads: this.#uploads.parent,
      batches: this.#batches.folder,
      isOwnUploads: name => name === folderName(team),
      isOwnBatch: name =>
        name === newBatch || (/^\d{1,15}$/.test(name) && this.#batches.whose(Number(name))?.team === team),
    });
  }

  async #change<T>(action: string, name: string, act: () => Promise<T>): Promise<T> {
    return this.#audit.record(this.#identity, action, `upload ${name}`, () => {
      requireRole(this.#identity, 'submitter', 'upload and remove files');
      return act();
    });
  }
}
