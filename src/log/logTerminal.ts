import { extname } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Batch } from '../../server/protocol/batch.ts';
import { messageOf } from '../../server/protocol/errors.ts';
import { isTerminal } from '../../server/protocol/states.ts';
import type { Requester } from '../backend/backend.ts';
import { followLog, type ReadLog } from './followLog.ts';
import { clearTerminal, logClosing, logHeader, LogText, logNote } from './logText.ts';
import { SparkLogFilter, type SparkLogShown } from './sparkLogFilter.ts';

export interface LogTerminalOptions {
  backend: Requester;
  /** Finds the batch, or submits it. */
  batch: () => Promise<Batch>;
  sparkLog: () => SparkLogShown;
  /** A task's terminal ends with its batch, and ends its batch; a log's only looks on. */
  ownsBatch: boolean;
}

/** Bytes of each stream. */
const backlog = 256 * 1024;
const ctrlC = '\u0003';

/** A batch's output in a terminal: backlog first, then as it comes. Ctrl-C kills the batch. */
export class LogTerminal implements vscode.Pseudoterminal {
  readonly #writes = new vscode.EventEmitter<string>();
  readonly #closes = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.#writes.event;
  readonly onDidClose = this.#closes.event;
  readonly #options: LogTerminalOptions;
  #batch: Batch | undefined;
  #following = new AbortController();

  constructor(options: LogTerminalOptions) {
    this.#options = options;
  }

  open(): void {
    void this.#run();
  }

  close(): void {
    this.#following.abort();
    if (this.#options.ownsBatch && this.#batch && !isTerminal(this.#batch.state))
      void this.#kill(this.#batch.id);
  }

  handleInput(data: string): void {
    if (data !== ctrlC || !this.#batch || isTerminal(this.#batch.state)) return;
    this.#writes.fire(`^C ${l10n.t('The job is being killed.')}\r\n`);
    void this.#kill(this.#batch.id);
  }

  /** Draws all again, because what is to be shown has changed. */
  redraw(): void {
    if (!this.#batch) return;
    this.#following.abort();
    this.#following = new AbortController();
    this.#writes.fire(clearTerminal);
    void this.#follow(this.#batch, this.#following.signal);
  }

  async #run(): Promise<void> {
    try {
      this.#batch = await this.#options.batch();
    } catch (error) {
      this.#writes.fire(logNote(messageOf(error)));
      if (this.#options.ownsBatch) this.#closes.fire(1);
      return;
    }
    await this.#follow(this.#batch, this.#following.signal);
  }

  async #follow(batch: Batch, signal: AbortSignal): Promise<void> {
    const { backend, sparkLog, ownsBatch } = this.#options;
    const isJar = extname(batch.request.file).toLowerCase() === '.jar';
    const text = new LogText(new SparkLogFilter(sparkLog(), { isJar }));
    this.#writes.fire(logHeader(batch, Date.now()));
    try {
      const readLog: ReadLog = (params, abort) => backend.request('log/read', params, abort);
      for await (const read of followLog(readLog, { id: batch.id, tail: backlog, signal })) {
        if (signal.aborted) return;
        if (read.skipped > 0) this.#writes.fire(leftOut(read.skipped));
        for (const chunk of read.chunks) this.#writes.fire(text.write(chunk.stream, chunk.text));
      }
      if (signal.aborted) return;
      this.#writes.fire(text.end());
      // The last output may be read a moment before the batch is concluded.
      const ended = await backend.request('batch/await', { id: batch.id }, signal);
      this.#batch = ended;
      this.#writes.fire(logClosing(ended, Date.now()));
      if (ownsBatch) this.#closes.fire(ended.state === 'success' ? 0 : ended.exitCode || 1);
    } catch (error) {
      if (signal.aborted) return;
      this.#writes.fire(`\r\n${logNote(messageOf(error))}`);
      if (ownsBatch) this.#closes.fire(1);
    }
  }

  async #kill(id: number): Promise<void> {
    try {
      await this.#options.backend.request('batch/kill', { id });
    } catch (error) {
      this.#writes.fire(logNote(messageOf(error)));
    }
  }
}

function leftOut(bytes: number): string {
  return logNote(
    l10n.t(
      'The first {0} KB are left out. The whole files: commands "Open Whole Output as File" and "Open Spark Log as File" on the job.',
      Math.ceil(bytes / 1024),
    ),
  );
}
