const cleanups = new Set<() => void>();
let listening = false;

/**
 * Has `cleanup` run when this process ends, however it ends short of SIGKILL: at Ctrl-C in the middle of a test too.
 * It must do its work at once (nothing is awaited). The returned function calls it off.
 */
export function onProcessExit(cleanup: () => void): () => void {
  listen();
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

function listen(): void {
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    // The last first, as they are built on each other.
    for (const cleanup of [...cleanups].toReversed()) cleanup();
  });
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(signal, () => process.exit(128 + number));
  }
}
