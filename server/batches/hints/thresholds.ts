/**
 * When a hint is worth a reader's time. Times in milliseconds, sizes in bytes, core time in cores × milliseconds, shares
 * from 0 to 1. In general: what can't save ten seconds isn't told, since a Spark application takes as long to begin.
 */
export const thresholds = {
  /** A shorter stage is over before anything could be gained. */
  stageTime: 10_000,
  /** Of one kind, the stages that cost most: with those mended the others look different anyway. */
  stagesTold: 3,

  skew: {
    /** Of two or three tasks the median says little. */
    tasks: 4,
    /** Tasks of an even stage differ by a factor of two often enough: by how far their data is, by warming up. */
    ratio: 3,
    /** What the longest task ran longer than the median: what an even spread would save, at most. */
    lostTime: 5_000,
    lostShare: 0.3,
    /** Beyond it the difference in time is put down to the difference in data. */
    bytesRatio: 2,
  },

  fewPartitions: {
    /** At most so much of the cores has a task of the stage. With more the gain of another partition is small. */
    usedShare: 0.5,
    /** Another stage that runs for so much of its time has use for the cores. */
    overlapShare: 0.5,
  },

  /** On disk. It is written and read again, at some hundred MB a second; less is no matter of seconds. */
  spilledBytes: 256 * 2 ** 20,

  idle: {
    /** Below that, a job's begin and end, when there is little to do, count too much. */
    time: 30_000,
    /** Two cores for a minute. */
    coreTime: 120_000,
    /** Less use than that means that half the cores would have done. */
    usedShare: 0.4,
    /** More than that without a job, and the driver is where the time goes. */
    driverShare: 0.5,
  },

  small: {
    /** Fewer tasks cost no more than a second of scheduling. */
    tasks: 100,
    /** Per task. Spark's own aim for a partition is 64 MB and more; at 1 MiB the work is less than its administration. */
    bytes: 2 ** 20,
    /** The median. Tasks that compute for longer are right to be many. */
    fileTaskTime: 1_000,
    partitionTaskTime: 200,
    /** Such stages together, of all the time in which jobs ran. */
    jobTimeShare: 0.2,
  },

  garbage: {
    /** Together, of all tasks. */
    time: 10_000,
    /** Of the run time; from there on Spark's web pages colour it red. */
    share: 0.1,
  },

  /** What failed tasks ran, together. */
  failedTime: 10_000,
} as const;
