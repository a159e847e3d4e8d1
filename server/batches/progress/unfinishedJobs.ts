import { folderSize } from '../folderSize.ts';
import { EventLogReader } from './eventLogReader.ts';

/** A larger log isn't read through at an end that is waited for. Bytes. */
const largest = 256 * 2 ** 20;

/**
 * The jobs that an application's event log leaves in the middle. None when the driver closed the log: then its
 * SparkContext was stopped, and every job had its end.
 * @param eventFolder the batch's `spark.eventLog.dir`; it need not exist
 */
export async function unfinishedJobs(eventFolder: string): Promise<number[]> {
  const reader = new EventLogReader(eventFolder);
  if (await reader.isClosed()) return [];
  if ((await folderSize(eventFolder).catch(() => 0)) > largest) return [];
  await reader.read();
  if (reader.endedCleanly !== false) return [];
  return reader.model
    .snapshot(0)
    .jobs.filter(job => job.state === 'running')
    .map(job => job.id);
}
