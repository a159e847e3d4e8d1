/** Whether a line is one of a log, rather than what a program says on its own: Spark's pattern, log4j's JSON, Python's. */
export function isLogLine(line: string): boolean {
  return sparkLine.test(line) || jsonLine.test(line) || pythonLine.test(line);
}

/** Whether it is a line of a log that reports no more than what goes on. */
export function isQuietLogLine(line: string): boolean {
  return isLogLine(line) && /\b(?:TRACE|DEBUG|INFO)\b/.test(line.slice(0, 300));
}

export const isSparkLogLine = (line: string): boolean => sparkLine.test(line) || jsonLine.test(line);

/** The exception of the last error in a log of JSON lines, as a person would say it; undefined when there is none. */
export function lastLoggedError(lines: readonly string[]): string | undefined {
  const line = lines.findLast(each => jsonLine.test(each) && /"(?:ERROR|FATAL)"/.test(each));
  if (line === undefined) return undefined;
  const { class: type, msg } = recordIn(recordIn(parsed(line))['exception']);
  if (typeof type !== 'string') return undefined;
  return typeof msg === 'string' && msg !== '' ? `${type}: ${msg.split('\n')[0]}` : type;
}

const sparkLine = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d /;
const jsonLine = /^\{".{0,2000}?"(?:level|log\.level)" ?: ?"/;
const pythonLine =
  /^(?:(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):|\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\b.{0,80}\b(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b)/;

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function recordIn(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
