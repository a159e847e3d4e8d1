/** What the event of a task's end says of it. Times in milliseconds, sizes in bytes. */
export interface TaskFigures {
  executorId: string;
  /** Milliseconds since 1970. */
  finishedAt: number;
  /** From launch to end. */
  duration: number;
  runTime: number;
  /** Not rounded: Spark counts nanoseconds. */
  cpuTime: number;
  gcTime: number;
  fetchWaitTime: number;
  resultBytes: number;
  inputBytes: number;
  inputRecords: number;
  outputBytes: number;
  outputRecords: number;
  shuffleReadBytes: number;
  shuffleReadRecords: number;
  shuffleWriteBytes: number;
  shuffleWriteRecords: number;
  memorySpilled: number;
  diskSpilled: number;
  peakExecutionMemory: number;
}

/**
 * Picks the figures out of a SparkListenerTaskEnd, of which a log may hold millions, several times faster than JSON.parse
 * makes objects of the whole line: most of a line are accumulators that say the same again. What is missing is 0; a task
 * that was lost with its executor has no metrics. Undefined when the line says nothing of its task.
 */
export function readTaskFigures(line: string): TaskFigures | undefined {
  const info = line.indexOf('"Task Info":{');
  if (info < 0) return undefined;
  const task = new Fields(line, info);
  const launchedAt = task.number('"Launch Time":');
  const executorId = task.text('"Executor ID":"');
  const finishedAt = task.number('"Finish Time":');
  // From the end: it comes last, after what may be long. In a failure's text its quotes would be escaped.
  const at = line.lastIndexOf('"Task Metrics":{');
  const metrics = new Fields(line, at < 0 ? line.length : at);
  // In the order in which Spark writes them (org.apache.spark.util.JsonProtocol).
  const runTime = metrics.number('"Executor Run Time":');
  const cpuTime = metrics.number('"Executor CPU Time":') / 1e6;
  const peakExecutionMemory = metrics.number('"Peak Execution Memory":');
  const resultBytes = metrics.number('"Result Size":');
  const gcTime = metrics.number('"JVM GC Time":');
  const memorySpilled = metrics.number('"Memory Bytes Spilled":');
  const diskSpilled = metrics.number('"Disk Bytes Spilled":');
  const fetchWaitTime = metrics.number('"Fetch Wait Time":');
  const remoteBytes = metrics.number('"Remote Bytes Read":');
  const localBytes = metrics.number('"Local Bytes Read":');
  const shuffleReadRecords = metrics.number('"Total Records Read":');
  const shuffleWriteBytes = metrics.number('"Shuffle Bytes Written":');
  const shuffleWriteRecords = metrics.number('"Shuffle Records Written":');
  const inputBytes = metrics.number('"Bytes Read":');
  const inputRecords = metrics.number('"Records Read":');
  const outputBytes = metrics.number('"Bytes Written":');
  const outputRecords = metrics.number('"Records Written":');
  return {
    executorId,
    finishedAt,
    duration: Math.max(0, finishedAt - launchedAt),
    runTime,
    cpuTime,
    gcTime,
    fetchWaitTime,
    resultBytes,
    inputBytes,
    inputRecords,
    outputBytes,
    outputRecords,
    shuffleReadBytes: remoteBytes + localBytes,
    shuffleReadRecords,
    shuffleWriteBytes,
    shuffleWriteRecords,
    memorySpilled,
    diskSpilled,
    peakExecutionMemory,
  };
}

/** Values by their quoted keys, found fastest when asked for in their order in the line. */
class Fields {
  readonly #line: string;
  readonly #start: number;
  #at: number;

  constructor(line: string, start: number) {
    this.#line = line;
    this.#start = start;
    this.#at = start;
  }

  /** A whole number that isn't negative; 0 when there is none. */
  number(key: string): number {
    if (!this.#find(key)) return 0;
    let value = 0;
    for (;;) {
      const digit = this.#line.charCodeAt(this.#at) - zero;
      // Past the end it is NaN.
      if (!(digit >= 0 && digit <= 9)) return value;
      value = value * 10 + digit;
      this.#at++;
    }
  }

  /** A string without escapes in it; empty when there is none. */
  text(key: string): string {
    if (!this.#find(key)) return '';
    const end = this.#line.indexOf('"', this.#at);
    return end < 0 ? '' : this.#line.slice(this.#at, end);
  }

  #find(key: string): boolean {
    let found = this.#line.indexOf(key, this.#at);
    if (found < 0) found = this.#line.indexOf(key, this.#start);
    if (found < 0) return false;
    this.#at = found + key.length;
    return true;
  }
}

const zero = 0x30;
