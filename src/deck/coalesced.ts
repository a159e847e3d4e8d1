/**
 * Runs one at a time: calls during a run lead to one more run after it, which answers them all.
 * So a burst of "changed" costs two reads, and the last read began after the last change.
 */
export function coalesced(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    const ended = run().finally(() => {
      if (current === ended) current = undefined;
    });
    current = ended;
    return ended;
  };
  return () => {
    if (!current) return start();
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}
