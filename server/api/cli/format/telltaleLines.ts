/**
 * The lines of Spark's log that tell why something failed: those of its warnings and errors with the stack traces
 * below them, the last `count` of them. When Spark says nothing of the kind, simply the last lines.
 */
export function telltaleLines(log: string, count: number): string[] {
  const lines = log.split('\n').filter(line => line.trim() !== '');
  let telling = false;
  const telltale = lines.filter(line => {
    const level = levelOf(line);
    if (level) telling = level !== 'INFO' && level !== 'DEBUG';
    return telling;
  });
  return (telltale.length > 0 ? telltale : lines).slice(-count);
}

/** The level of a log4j line such as "26/01/31 12:00:00 WARN TaskSetManager: …"; undefined for a line without one. */
function levelOf(line: string): string | undefined {
  return /^\S+ \S+ (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) /.exec(line)?.[1];
}
