import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import yauzl from 'yauzl';

/**
 * Reads a zip in blocks and keeps the last few. yauzl asks for each entry of the directory in two reads of some dozen
 * bytes; asked from the disk one by one, the directory of a large jar takes seconds.
 */
export class BlockReader extends yauzl.RandomAccessReader {
  readonly #file: FileHandle;
  /** Newest last. The directory at the end and the contents are read by turns, so one block wouldn't do. */
  readonly #blocks = new Map<number, Promise<Buffer>>();

  readonly #origin: number;

  /** @param origin where position 0 is in the file, in bytes */
  constructor(file: FileHandle, origin = 0) {
    super();
    this.#file = file;
    this.#origin = origin;
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    callbackify(() => this.#copy(target, offset, length, position))(error => callback(error));
  }

  /** Throws RangeError when the file ends before. */
  async readBytes(position: number, length: number): Promise<Buffer> {
    const target = Buffer.allocUnsafe(length);
    await this.#copy(target, 0, length, position);
    return target;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from([this.readBytes(start, end - start)]);
  }

  /** Whoever opened the file closes it. */
  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  async #copy(target: Buffer, offset: number, length: number, position: number): Promise<void> {
    let copied = 0;
    while (copied < length) {
      const at = this.#origin + position + copied;
      const block = await this.#block(Math.floor(at / blockSize));
      const count = block.copy(target, offset + copied, at % blockSize, (at % blockSize) + length - copied);
      if (count === 0) throw new RangeError('The file ends too early.');
      copied += count;
    }
  }

  #block(index: number): Promise<Buffer> {
    const block = this.#blocks.get(index) ?? this.#load(index);
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    const oldest = this.#blocks.keys().next();
    if (this.#blocks.size > kept && oldest.done === false) this.#blocks.delete(oldest.value);
    return block;
  }

  async #load(index: number): Promise<Buffer> {
    const block = Buffer.allocUnsafe(blockSize);
    const { bytesRead } = await this.#file.read(block, 0, blockSize, index * blockSize);
    return block.subarray(0, bytesRead);
  }
}

const blockSize = 256 * 1024;
const kept = 4;
