import { rm } from 'node:fs/promises';
import type { Batch } from '../protocol/batch.ts';
import type { Settings } from '../protocol/settings.ts';
import { marksOf } from '../process/launch.ts';
import { endMarked } from '../process/marked.ts';
import type { BatchTable } from './batchTable.ts';
import { folderSize } from './folderSize.ts';
import { heldFolder } from './heldUploads.ts';
import { outdated } from './retention.ts';
import { scratchFolder } from './submitPlan.ts';

/** How often it is looked whether the settings let something go. */
const policyInterval = 60_000;
const leftoverGrace = 5000;
/** So many are removed in one go, so that a long history that is let go holds nobody up. */
const mostAtOnce = 100;

/** Tidies up after batches that have ended, and keeps their history as long as the settings say. */
export class BatchKeeper {
  readonly #table: BatchTable;
  readonly #settings: () => Settings;
  readonly #forget: (id: number) => void;
  readonly #log: (line: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #goOn: NodeJS.Immediate | undefined;
  #removing: Promise<void> = Promise.resolve();

  constructor(options: {
    table: BatchTable;
    settings: () => Settings;
    /** called for each that is removed */
    forget: (id: number) => void;
    log: (line: string) => void;
  }) {
    this.#table = options.table;
    this.#settings = options.settings;
    this.#forget = options.forget;
    this.#log = options.log;
  }

  /** Also tidies up after those that ended when an earlier backend had no time for it. */
  begin(): void {
    void this.#tidyLate(this.#table.untidy().map(({ batch }) => batch));
    this.#timer = setInterval(() => this.applyPolicy(), policyInterval);
    this.applyPolicy();
  }

  close(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#goOn);
  }

  /** After an end: removes the scratch space and the uploads it ran with, and measures what stays. */
  async tidy(batch: Batch): Promise<void> {
    try {
      // A warm driver that has become a batch's has its scratch space in a folder of its own.
      const others = marksOf(batch.folder).filter(folder => folder !== batch.folder);
      for (const folder of [scratchFolder(batch.folder), heldFolder(batch.folder), ...others]) {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      }
      this.#table.setBytes(batch.id, await folderSize(batch.folder));
    } catch (error) {
      this.#log(`batch ${batch.id}: ${String(error)}`);
    }
  }

  /** Removes the history that the settings let go. */
  applyPolicy(): void {
    try {
      const { keepCount, keepDays, keepBytes } = this.#settings();
      if (keepCount === undefined && keepDays === undefined && keepBytes === undefined) return;
      const policy = { keepCount, keepDays, keepBytes };
      const ids = outdated(this.#table.ended(), this.#table.sumOfEnded(), policy, Date.now(), mostAtOnce);
      if (ids.length > 0) this.remove(ids);
      if (ids.length === mostAtOnce) this.#goOn = setImmediate(() => this.applyPolicy());
    } catch (error) {
      this.#log(`history: ${String(error)}`);
    }
  }

  /** Forgets ended batches at once, and deletes their folders one after the other. */
  remove(ids: readonly number[]): void {
    const folders = ids.flatMap(id => this.#table.find(id)?.batch.folder ?? []);
    for (const id of ids) this.#forget(id);
    this.#table.remove(ids);
    this.#removing = this.#removing.then(() => this.#delete(folders));
  }

  /** Settles when everything that was removed is gone from the disk. */
  removed(): Promise<void> {
    return this.#removing;
  }

  async #delete(folders: readonly string[]): Promise<void> {
    for (const folder of folders) {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
        this.#log(`${folder} can't be removed: ${String(error)}`),
      );
    }
  }

  async #tidyLate(batches: readonly Batch[]): Promise<void> {
    for (const batch of batches) {
      await endMarked(batch.folder, leftoverGrace);
      await this.tidy(batch);
    }
  }
}
