/**
 * A signal that aborts with the first of several, until `unlink` is called. For signals that live long and are linked to
 * often: unlike AbortSignal.any it leaves nothing behind at them, on whatever version of Node.
 */
export function linkSignals(...sources: readonly (AbortSignal | undefined)[]): {
  signal: AbortSignal;
  unlink: () => void;
} {
  const linked = new AbortController();
  const ends: (() => void)[] = [];
  for (const source of sources) {
    if (!source) continue;
    const abort = (): void => linked.abort(source.reason);
    if (source.aborted) {
      abort();
      break;
    }
    source.addEventListener('abort', abort, { once: true });
    ends.push(() => source.removeEventListener('abort', abort));
  }
  return {
    signal: linked.signal,
    unlink: () => {
      for (const end of ends) end();
    },
  };
}
