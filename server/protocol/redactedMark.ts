/** What stands where a secret was, as in Spark's own pages. In a request, it stands for the value of the batch that is run again. */
export const redactedMark = '*********(redacted)';
