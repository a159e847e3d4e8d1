import { closeSync, constants, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { DriverReport } from './driverReport.ts';

/** bytes; driver_report.py writes less */
const largest = 4 * 2 ** 20;

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
      // No more than it had a moment ago, since the program could let it grow.
      const bytes = Buffer.alloc(stat.size);
      const read = readSync(file, bytes, 0, stat.size, 0);
      const report: unknown = JSON.parse(bytes.toString('utf8', 0, read));
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
