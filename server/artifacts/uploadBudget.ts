import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What comes in for one team. */
interface Receiving {
  /** What it had before. Bytes. */
  before: Promise<number>;
  /** By how much that has changed. */
  bytes: number;
  transfers: number;
}

/** Counts what a team's uploads take together, those that are coming in too. */
export class UploadBudget {
  readonly #receiving = new Map<string, Receiving>();

  /**
   * Counts a file that is coming in.
   * @param own the team's folder
   * @param held where its files are as well, in folders of these
   * @param replaced bytes that will be free when it is there
   */
  async open(own: string, held: readonly string[], replaced: number): Promise<Transfer> {
    const receiving = this.#receiving.get(own) ?? { before: sizeOf(own, held), bytes: 0, transfers: 0 };
    this.#receiving.set(own, receiving);
    receiving.transfers += 1;
    const before = await receiving.before;
    let received = 0;
    return {
      add: bytes => {
        received += bytes;
        receiving.bytes += bytes;
      },
      total: () => before + receiving.bytes - replaced,
      close: isThere => {
        receiving.bytes -= isThere ? replaced : received;
        receiving.transfers -= 1;
        if (receiving.transfers === 0) this.#receiving.delete(own);
      },
    };
  }
}

export interface Transfer {
  add(bytes: number): void;
  /** Bytes that the team will have with what has come in by now. */
  total(): number;
  /** @param isThere whether it has come in whole, in the place of what it replaces */
  close(isThere: boolean): void;
}

/**
 * Bytes of a team's files; one that has several names counts once. A folder beside the uploads is none, but what a program
 * wrote where it ran. What isn't there counts nothing.
 */
async function sizeOf(own: string, held: readonly string[]): Promise<number> {
  const sizes = new Map<number, number>();
  for (const folder of [own, ...held]) {
    for (const name of await readdir(folder, { recursive: folder !== own }).catch(() => [])) {
      const found = await stat(join(folder, name)).catch(() => undefined);
      if (found?.isFile()) sizes.set(found.ino, found.size);
    }
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
