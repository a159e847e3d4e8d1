import type { DriverError } from '../tracebacks/driverError.ts';
import { readReport } from './readReport.ts';
import { reportedErrors, type SourceLine } from './reportedErrors.ts';

/**
 * What the driver of a batch reported of its end: the error that ended it first, then those that led to it. None when it
 * ended without one; undefined when there is no report.
 */
export function readReportedErrors(folder: string, sourceLine?: SourceLine): DriverError[] | undefined {
  const report = readReport(folder);
  return report && reportedErrors(report, sourceLine);
}
