import type { Readable } from 'node:stream';
import type { Uploads } from '../artifacts/uploads.ts';
import type { BatchRequest } from '../protocol/batch.ts';
import type { Upload } from '../protocol/upload.ts';
import type { Audit } from './audit.ts';
import { requireRole, type Identity } from './identity.ts';

const scheme = 'upload:';
/** Of a request: where files are named. */
const fileFields: ReadonlySet<string> = new Set(['file', 'jars', 'pyFiles', 'files', 'archives']);

/** The uploaded files of a caller's team; of the owner when he has none. */
export class TeamUploads {
  readonly #identity: Identity;
  readonly #uploads: Uploads;
  readonly #audit: Audit;

  constructor(identity: Identity, rooms: { uploads: Uploads; audit: Audit }) {
    this.#identity = identity;
    this.#uploads = rooms.uploads;
    this.#audit = rooms.audit;
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

  /** The request with every `upload:NAME` exchanged for the file's path. @throws SparkdeckError upload.missing */
  async resolve(request: BatchRequest): Promise<BatchRequest> {
    const list = (paths: string[] | undefined): Promise<string[]> | undefined =>
      paths && Promise.all(paths.map(path => this.#path(path)));
    const [file, jars, pyFiles, files, archives] = await Promise.all([
      this.#path(request.file),
      list(request.jars),
      list(request.pyFiles),
      list(request.files),
      list(request.archives),
    ]);
    return {
      ...request,
      file,
      ...(jars && { jars }),
      ...(pyFiles && { pyFiles }),
      ...(files && { files }),
      ...(archives && { archives }),
    };
  }

  /** The same for the changes of a rerun, of which it isn't known yet whether they fit. */
  async resolveChanges(changes: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const resolve = async (value: unknown): Promise<unknown> => {
      if (typeof value === 'string') return this.#path(value);
      return Array.isArray(value) ? Promise.all(value.map(resolve)) : value;
    };
    const entries = Object.entries(changes).map(async ([key, value]): Promise<[string, unknown]> => [
      key,
      fileFields.has(key) ? await resolve(value) : value,
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  /** An archive's name may be followed by # and what it is to be called. */
  async #path(path: string): Promise<string> {
    if (!path.startsWith(scheme)) return path;
    const [name = '', ...alias] = path.slice(scheme.length).split('#');
    return [await this.#uploads.path(this.#identity.team, name), ...alias].join('#');
  }

  async #change<T>(action: string, name: string, act: () => Promise<T>): Promise<T> {
    return this.#audit.record(this.#identity, action, `upload ${name}`, () => {
      requireRole(this.#identity, 'submitter', 'upload and remove files');
      return act();
    });
  }
}
