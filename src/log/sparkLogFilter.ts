/** What a log terminal shows of Spark's own log. */
export type SparkLogShown = 'warnings' | 'all' | 'none';

export interface StderrLine {
  text: string;
  /** Spark's line, and not the program's. */
  isSparks: boolean;
}

/**
 * Picks the lines of a batch's stderr that are to be shown. Spark logs there, and so does whatever else the JVM says; a
 * jar writes there as well, and its uncaught exceptions stand there. A Python program's stderr is in stdout.
 */
export class SparkLogFilter {
  readonly #shown: SparkLogShown;
  readonly #isJar: boolean;
  /** What is so of the lines that follow, until one has a head of its own. */
  #next: { isSparks: boolean; isShown: boolean };

  constructor(shown: SparkLogShown, options: { isJar: boolean }) {
    this.#shown = shown;
    this.#isJar = options.isJar;
    this.#next = this.#outsideOfLog();
  }

  /** @param lines whole ones, in their order */
  pick(lines: readonly string[]): StderrLine[] {
    return lines.flatMap(text => {
      const { isSparks, isShown } = this.#read(text);
      return isShown ? [{ text, isSparks }] : [];
    });
  }

  #read(line: string): { isSparks: boolean; isShown: boolean } {
    if (launcherLine.test(line)) return { isSparks: true, isShown: this.#shown === 'all' };
    const level = levelOf(line);
    if (level === undefined) {
      if (uncaught.test(line)) this.#next = this.#outsideOfLog();
      return this.#next;
    }
    const isTrouble = /^(WARN|ERROR|FATAL)$/.test(level) && !harmless.test(line);
    const isShown = this.#shown === 'all' || (this.#shown === 'warnings' && isTrouble);
    const entry = { isSparks: true, isShown };
    // A stack trace follows; what stands behind the everyday lines of a jar's log is the program's.
    this.#next = isTrouble || !this.#isJar ? entry : this.#outsideOfLog();
    return entry;
  }

  #outsideOfLog(): { isSparks: boolean; isShown: boolean } {
    return { isSparks: !this.#isJar, isShown: this.#isJar || this.#shown !== 'none' };
  }
}

/** The level of a line that begins an entry in Spark's default pattern: "26/11/23 02:01:09 INFO MemoryStore: cleared". */
function levelOf(line: string): string | undefined {
  return /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d ([A-Z]{4,5}) /.exec(line)?.[1];
}

const uncaught = /^Exception in thread "/;

/** Said at every start, before there is a log. */
const launcherLine =
  /^(WARNING: Using incubator modules|Using Spark's default log4j profile|Setting default log level to|To adjust logging level use)/;

/** Warnings of every machine of some kind, or of how batches are started: nobody has to do anything about them. */
const harmless =
  / WARN (NativeCodeLoader: Unable to load native-hadoop|Utils: Your hostname, .* resolves to a loopback address|Utils: Set SPARK_LOCAL_IP if you need to bind)/;
