/** Work that several wait for, done once for each key: who joins hears the last report at once, and all that follow. */
export class SharedWork<Report> {
  readonly #running = new Map<string, Running<Report>>();

  async join(
    key: string,
    listener: (report: Report) => void,
    work: (report: (r: Report) => void) => Promise<void>,
  ): Promise<void> {
    const running = this.#running.get(key) ?? this.#start(key, work);
    // Each caller is a listener of its own, even where two pass the same function.
    const own = (report: Report): void => listener(report);
    running.listeners.add(own);
    if (running.last !== undefined) own(running.last);
    try {
      await running.done;
    } finally {
      running.listeners.delete(own);
    }
  }

  /** Returns when all has come to an end, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(running => running.done));
  }

  #start(key: string, work: (report: (r: Report) => void) => Promise<void>): Running<Report> {
    const running: Running<Report> = { done: Promise.resolve(), listeners: new Set() };
    const report = (r: Report): void => {
      running.last = r;
      for (const listener of running.listeners) listener(r);
    };
    this.#running.set(key, running);
    // Not before the first caller listens.
    running.done = Promise.resolve()
      .then(() => work(report))
      .finally(() => this.#running.delete(key));
    return running;
  }
}

type Running<Report> = { done: Promise<void>; listeners: Set<(r: Report) => void>; last?: Report };
