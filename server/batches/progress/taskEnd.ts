/** `undone`: it had succeeded, and what it made was lost with its executor, so it is to be done again. */
export type TaskEnd = 'succeeded' | 'failed' | 'killed' | 'undone';

/** @param reason as in the event log (org.apache.spark.TaskEndReason) */
export function endOf(reason: string): TaskEnd {
  switch (reason) {
    case 'Success':
      return 'succeeded';
    case 'Resubmitted':
      return 'undone';
    // A copy of the task was faster, or its stage was given up: not its failure.
    case 'TaskKilled':
    case 'TaskCommitDenied':
      return 'killed';
    default:
      return 'failed';
  }
}
