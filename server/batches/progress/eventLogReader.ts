import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EventLines } from './eventLines.ts';
import { codecOf, eventFiles, isClosed, newestApplication, type LoggedApplication } from './eventLogFiles.ts';
import { ProgressModel } from './progressModel.ts';
import { interestIn, readSparkEvent } from './sparkEvent.ts';
import { ZstdFrames } from './zstdFrames.ts';
import { openRegularFile } from '../../store/regularFile.ts';

/**
 * Follows the event log of a batch. Each `read()` takes what has been appended since the last one, in pieces, so that
 * neither a large log nor a long line is held in memory.
 *
 * When the program makes a second SparkContext, the reader goes over to it and forgets the first. Of compressed logs (a
 * request may set `spark.eventLog.compress`) those with zstd are read, which is Spark's default; the others are
 * `unreadable` and give the application's id and fate, but no progress.
 */
export class EventLogReader {
  readonly #folder: string;
  readonly #only: string | undefined;
  #application: LoggedApplication | undefined;
  #model = new ProgressModel();
  #lines = this.#newLines();
  /** What has been read: of the file with this index, so many bytes. */
  #index = 0;
  #position = 0;
  #closed = false;
  #unreadable: string | undefined;
  #broken = false;
  #frames: ZstdFrames | undefined;
  #reading: Promise<void> | undefined;

  /** @param folder the `spark.eventLog.dir` of one batch; it may not exist yet @param appId only this application */
  constructor(folder: string, appId?: string) {
    this.#only = appId;
    this.#folder = folder;
  }

  /** Known from the log's name, before the first event is flushed. */
  get appId(): string | undefined {
    return this.#model.appId ?? this.#application?.appId;
  }

  /**
   * Undefined while there is no log; false while it is open: the application runs, or its driver was killed; true once
   * the driver has closed it, which says nothing about success.
   */
  get endedCleanly(): boolean | undefined {
    return this.#application && (this.#closed || this.#model.ended);
  }

  /** Whether the driver has closed the log, by its name alone: nothing is read. */
  async isClosed(): Promise<boolean> {
    const application = newestApplication(await namesIn(this.#folder), this.#only);
    if (!application) return false;
    const inside = application.rolled ? await namesIn(join(this.#folder, application.name)) : [];
    return isClosed(application, inside);
  }

  /** Another one when the program has made another SparkContext. */
  get model(): ProgressModel {
    return this.#model;
  }

  /** The codec of a log that we cannot decompress. */
  get unreadable(): string | undefined {
    return this.#unreadable;
  }

  /** Whether a compressed log is damaged: nothing is read from there on. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Reads what was appended. A call while one is under way waits for that one. */
  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(): Promise<void> {
    const application = newestApplication(await namesIn(this.#folder), this.#only);
    if (!application) return;
    if (application.appId !== this.#application?.appId) this.#begin();
    this.#application = application;
    const path = join(this.#folder, application.name);
    if (!application.rolled) {
      await this.#readFile(path);
      this.#setClosed(isClosed(application, []));
      return;
    }
    // Listed before it is read: if the log is closed or goes on in a next file by now, then this one gets no more.
    const names = await namesIn(path);
    for (const file of eventFiles(names)) {
      if (file.index < this.#index) continue;
      if (file.index > this.#index) this.#nextFile(file.index);
      await this.#readFile(join(path, file.name));
    }
    this.#setClosed(isClosed(application, names));
  }

  async #readFile(file: string): Promise<void> {
    const codec = codecOf(file);
    if (codec !== undefined && codec !== 'zstd') {
      this.#unreadable = codec;
      return;
    }
    let handle;
    try {
      handle = await openRegularFile(file);
    } catch {
      return; // renamed or removed since it was listed: the next read sees how it stands
    }
    try {
      for (;;) {
        // A new buffer each time: the beginning of a line may be kept until its end comes.
        const chunk = Buffer.allocUnsafe(chunkSize);
        const { bytesRead } = await handle.read(chunk, 0, chunkSize, this.#position);
        if (bytesRead === 0) return;
        this.#position += bytesRead;
        const data = chunk.subarray(0, bytesRead);
        if (codec === undefined) this.#lines.push(data);
        else {
          const frames = (this.#frames ??= this.#newFrames());
          await frames.push(data);
          this.#broken ||= frames.broken;
        }
      }
    } finally {
      await handle.close();
    }
  }

  #nextFile(index: number): void {
    this.#index = index;
    this.#position = 0;
    this.#lines.discard();
    this.#endFrames();
  }

  #begin(): void {
    this.#model = new ProgressModel();
    this.#lines = this.#newLines();
    this.#index = 0;
    this.#position = 0;
    this.#closed = false;
    this.#unreadable = undefined;
    this.#broken = false;
    this.#endFrames();
  }

  /** A decoder holds memory of its own, which a log that gets no more needs no longer. */
  #setClosed(closed: boolean): void {
    this.#closed = closed;
    if (closed) this.#endFrames();
  }

  #endFrames(): void {
    this.#frames?.close();
    this.#frames = undefined;
  }

  #newFrames(): ZstdFrames {
    const lines = this.#lines;
    return new ZstdFrames(data => lines.push(data));
  }

  #newLines(): EventLines {
    const model = this.#model;
    return new EventLines(interestIn, line => {
      const event = readSparkEvent(line);
      if (event) model.apply(event);
    });
  }
}

const chunkSize = 256 * 1024;

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
