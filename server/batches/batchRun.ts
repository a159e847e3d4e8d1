import { isTerminal, type Batch } from '../protocol/batch.ts';
import { readExit, readGroup } from '../process/launch.ts';
import { endMarked, findMarked, isMarkedAlive } from '../process/marked.ts';
import { watchPath } from '../process/watchPath.ts';
import type { BatchChange, BatchTable, StoredBatch } from './batchTable.ts';
import { conclude } from './conclude.ts';
import { readTail } from './output.ts';
import { findDriverUi } from './progress/driverApi.ts';
import { findApplicationId } from './progress/eventLogFiles.ts';
import { eventFolder } from './submitPlan.ts';

/** How often it is looked whether the processes are still there, for the case that nothing tells. */
const lookInterval = 2000;
const killGrace = 10_000;
const tailForReason = 64 * 1024;

/**
 * Follows one batch from its launch to its end by what its processes write: the exit code into a file, the event log
 * into a folder. It makes no difference whether this backend launched them or an earlier one.
 */
export class BatchRun {
  readonly id: number;
  readonly #table: BatchTable;
  readonly #stored: StoredBatch;
  readonly #onEnd: (batch: Batch) => void;
  readonly #watches: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #findingUi = false;

  constructor(stored: StoredBatch, table: BatchTable, onEnd: (batch: Batch) => void) {
    this.id = stored.batch.id;
    this.#stored = stored;
    this.#table = table;
    this.#onEnd = onEnd;
  }

  /** The folders exist by now. */
  follow(): void {
    const { folder } = this.#stored.batch;
    const onChange = (): void => void this.look();
    this.#watches.push(watchPath(folder, onChange), watchPath(eventFolder(folder), onChange));
    this.#timer = setInterval(onChange, lookInterval);
    void this.look();
  }

  /** Reads what there is to know now. */
  async look(): Promise<void> {
    if (this.#ended) return;
    const { batch, attempt, uiPort } = this.#stored;
    const now = this.#table.find(this.id)?.batch;
    if (!now || isTerminal(now.state)) return this.close();

    const appId = now.appId ?? findApplicationId(eventFolder(batch.folder));
    if (appId && !now.appId) this.#table.update(this.id, { state: 'running', appId });
    if (appId && !now.sparkUiUrl) void this.#findUi(uiPort, appId);

    const exitCode = readExit(batch.folder);
    if (exitCode !== undefined) return this.#end(exitCode);
    const group = readGroup(batch.folder, attempt);
    if (group !== undefined && !isMarkedAlive(group, batch.folder) && findMarked(batch.folder).length === 0) {
      // The wrapper may have ended between the two looks, with its word written.
      return this.#end(readExit(batch.folder));
    }
  }

  /** Ends every process of it. Answers when they are gone and the batch is in its final state. */
  async kill(): Promise<void> {
    this.#table.update(this.id, { killRequestedAt: Date.now() });
    await endMarked(this.#stored.batch.folder, killGrace);
    if (!this.#ended) await this.#end(readExit(this.#stored.batch.folder));
  }

  close(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    for (const unwatch of this.#watches) unwatch();
  }

  async #end(exitCode: number | undefined): Promise<void> {
    if (this.#ended) return;
    this.close();
    const { folder } = this.#stored.batch;
    const [stdout, stderr] = await Promise.all([
      readTail(folder, 'stdout', tailForReason),
      readTail(folder, 'stderr', tailForReason),
    ]);
    const killRequested = this.#table.find(this.id)?.batch.killRequestedAt !== undefined;
    const change: BatchChange = {
      ...conclude({ exitCode, killRequested, tails: { stdout, stderr } }),
      sparkUiUrl: null,
    };
    const appId = findApplicationId(eventFolder(folder));
    const { batch } = this.#table.update(this.id, { ...change, ...(appId && { appId }) });
    this.#onEnd(batch);
    // What the program left behind in the background ends with it.
    await endMarked(folder, killGrace);
  }

  async #findUi(port: number, appId: string): Promise<void> {
    if (this.#findingUi) return;
    this.#findingUi = true;
    try {
      const url = await findDriverUi(port, appId);
      if (url && !this.#ended) this.#table.update(this.id, { sparkUiUrl: url });
    } catch {
      // A driver that is busy starting doesn't answer in time. The next look asks again.
    } finally {
      this.#findingUi = false;
    }
  }
}
