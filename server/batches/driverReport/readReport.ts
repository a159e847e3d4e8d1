import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { DriverReport } from './driverReport.ts';

/** bytes; driver_report.py writes less than half of it */
const largest = 8 * 2 ** 20;

/** What a batch's driver reported; undefined when it reported nothing, or what it can't have written. */
export function readReport(folder: string): DriverReport | undefined {
  try {
    // The program could put anything in its place: never wait for a pipe, never follow a link.
    const file = openSync(
      reportFile(folder),
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW,
    );
    try {
      const stat = fstatSync(file);
      if (!stat.isFile() || stat.size > largest) return undefined;
      const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
      return Value.Check(DriverReport, report) ? report : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Before another attempt, which has a report of its own. */
export const removeReport = (folder: string): void => rmSync(reportFile(folder), { force: true });

const reportFile = (folder: string): string => join(folder, 'driver-report.json');
