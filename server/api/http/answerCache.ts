/** An answer as it is sent. */
export interface KeptAnswer {
  etag: string;
  body: Buffer;
}

interface Entry extends KeptAnswer {
  stamp: string;
  size: number;
}

/** What an entry takes beside its texts and its bytes, roughly. */
const overhead = 300;

/** The last answers, bounded by their number and their bytes. Those that were asked for longest ago go first. */
export class AnswerCache {
  readonly #limits: { count: number; bytes: number };
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(limits: { count: number; bytes: number } = { count: 4096, bytes: 32 * 2 ** 20 }) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param stamp of the answer's content as it is now: one that was made with another is not given */
  get(key: string, stamp: string): KeptAnswer | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.stamp === stamp) {
      this.#entries.set(key, entry);
      return entry;
    }
    this.#bytes -= entry.size;
    return undefined;
  }

  set(key: string, stamp: string, answer: KeptAnswer): void {
    // Characters of two bytes at most.
    const size = answer.body.length + 2 * (key.length + stamp.length) + overhead;
    this.#delete(key);
    // One large answer must not displace all others.
    if (size > this.#limits.bytes / 8) return;
    this.#entries.set(key, { ...answer, stamp, size });
    this.#bytes += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.count && this.#bytes <= this.#limits.bytes) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.size;
  }
}
