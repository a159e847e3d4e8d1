/** How a file that a traceback names is found in the workspace. */
export type ProblemFile =
  | { kind: 'path'; path: string }
  /** A JVM stack trace knows the file's name and its class' package only: the end of the path. */
  | { kind: 'search'; name: string };

export function problemFile(file: string): ProblemFile {
  if (file.startsWith('/') || /^[a-z]:[\\/]/i.test(file)) return { kind: 'path', path: file };
  return { kind: 'search', name: file };
}

/** The found file that fits best: the one whose path agrees longest with the wanted end, then the shortest. */
export function bestMatch(wanted: string, found: readonly string[]): string | undefined {
  const parts = wanted.split('/').toReversed();
  const agreement = (path: string): number => {
    const other = path.split(/[\\/]/).toReversed();
    const differs = parts.findIndex((part, index) => part !== other[index]);
    return differs === -1 ? parts.length : differs;
  };
  return found.toSorted((a, b) => agreement(b) - agreement(a) || a.length - b.length)[0];
}
