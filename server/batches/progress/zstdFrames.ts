import { once } from 'node:events';
import { createZstdDecompress, type ZstdDecompress } from 'node:zlib';

/**
 * Decompresses a file that is being written. Spark ends a zstd frame with every flush of its event log, so a file is a
 * row of frames, the last of which may be there in part; what can be decoded so far is handed on.
 */
export class ZstdFrames {
  readonly #onData: (data: Buffer) => void;
  #frame: ZstdDecompress | undefined;
  #broken = false;

  constructor(onData: (data: Buffer) => void) {
    this.#onData = onData;
  }

  /** Whether something that isn't zstd was met: nothing is decoded from there on. */
  get broken(): boolean {
    return this.#broken;
  }

  /** When this is done, all that the chunk gives has been handed on. Not to be called again before. */
  async push(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (rest.length > 0 && !this.#broken) {
      const taken = await this.#decode((this.#frame ??= this.#newFrame()), rest);
      rest = rest.subarray(taken);
    }
  }

  /** Gives up a frame that has begun. */
  close(): void {
    this.#frame?.destroy();
    this.#frame = undefined;
  }

  /** @returns how many bytes it has taken: all of them, unless the frame ends before */
  async #decode(frame: ZstdDecompress, chunk: Buffer): Promise<number> {
    const before = frame.bytesWritten;
    try {
      await new Promise<void>((resolve, reject) => {
        // The write isn't answered when the decoder fails in it.
        frame.once('error', reject);
        frame.write(chunk, error => {
          frame.off('error', reject);
          if (error) reject(error);
          else resolve();
        });
      });
      const taken = frame.bytesWritten - before;
      if (taken === chunk.length) return taken;
      // Node's decoder ends with the frame and leaves the next one to another decoder.
      if (!frame.readableEnded) await once(frame, 'end');
      this.close();
      return taken;
    } catch {
      this.#broken = true;
      this.close();
      return chunk.length;
    }
  }

  #newFrame(): ZstdDecompress {
    const frame = createZstdDecompress();
    frame.on('data', this.#onData);
    // Without a listener the process would end at an error that comes late.
    frame.on('error', () => undefined);
    return frame;
  }
}
