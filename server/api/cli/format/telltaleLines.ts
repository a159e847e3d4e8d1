/** So many calls of a JVM stack trace are kept below each exception; the rest is in the log. */
const framesKept = 2;

/**
 * The lines of Spark's log that tell why something failed: its warnings and errors, and exceptions that nobody caught,
 * with the first calls of their stack traces; the last `count` of these lines. When the log has nothing of the kind,
 * simply its last lines.
 */
export function telltaleLines(log: string, count: number): string[] {
  const lines = log.split('\n').filter(line => line.trim() !== '');
  let telling = false;
  let frames = 0;
  const telltale = lines.filter(line => {
    const level = levelOf(line);
    if (level) telling = level !== 'INFO' && level !== 'DEBUG' && level !== 'TRACE';
    else if (isFailure(line)) telling = true;
    frames = isFrame(line) ? frames + 1 : 0;
    return telling && frames <= framesKept;
  });
  return (telltale.length > 0 ? telltale : lines).slice(-count);
}

/** The level of a log4j line such as "26/01/31 12:00:00 WARN TaskSetManager: …"; undefined for a line without one. */
function levelOf(line: string): string | undefined {
  return /^\S+ \S+ (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) /.exec(line)?.[1];
}

/** What spark-submit and the JVM print of a failure without any logging. */
function isFailure(line: string): boolean {
  return /^(Exception in thread |Error: |Caused by: |[\w.$]+(Exception|Error)\b)/.test(line);
}

function isFrame(line: string): boolean {
  return /^\s+(at |\.\.\. \d+ more)/.test(line);
}
