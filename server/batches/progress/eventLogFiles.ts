import { readdirSync } from 'node:fs';

/**
 * How Spark names what it writes into `spark.eventLog.dir` (org.apache.spark.deploy.history.EventLogFileWriter): with
 * rolling, which is the default, a folder `eventlog_v2_APPID` that holds `appstatus_APPID` and `events_1_APPID`,
 * `events_2_APPID`…; without, a file `APPID`. `.inprogress` is taken off at the end; `.zstd` or the like says that it is compressed.
 */
export interface LoggedApplication {
  appId: string;
  /** In the folder of event logs: that of a folder if `rolled`, otherwise that of the file. */
  name: string;
  rolled: boolean;
}

/**
 * The application that a folder of event logs is about, as soon as its driver has begun; undefined until then.
 * Of several, made by a program that stops its SparkContext and makes another, it is the newest.
 */
export function findApplicationId(folder: string): string | undefined {
  try {
    return newestApplication(readdirSync(folder))?.appId;
  } catch {
    return undefined; // there is no folder (any more)
  }
}

/** The applications that a folder of event logs is about, in the order they were made; only the newest twenty. */
export function applicationIds(folder: string): string[] {
  try {
    const ids = readdirSync(folder).flatMap(name => readName(name)?.appId ?? []);
    return [...new Set(ids)].toSorted().slice(-20);
  } catch {
    return []; // there is no folder (any more)
  }
}

/**
 * Application ids of one cluster manager hold their time or number, so the newest is the last by name.
 * @param appId only this one
 */
export function newestApplication(names: readonly string[], appId?: string): LoggedApplication | undefined {
  let newest: LoggedApplication | undefined;
  for (const name of names) {
    const application = readName(name);
    if (appId !== undefined && application?.appId !== appId) continue;
    if (application && (!newest || application.appId >= newest.appId)) newest = application;
  }
  return newest;
}

function readName(name: string): LoggedApplication | undefined {
  // Hadoop's file system leaves checksums and half-made files with a leading dot.
  if (name.startsWith('.') || name.startsWith('_')) return undefined;
  if (name.startsWith(rolledPrefix)) return { appId: name.slice(rolledPrefix.length), name, rolled: true };
  const appId = withoutCodec(name.endsWith(inProgress) ? name.slice(0, -inProgress.length) : name);
  return { appId, name, rolled: false };
}

/** The rolled files in the order they were written. */
export function eventFiles(names: readonly string[]): { index: number; name: string }[] {
  const files: { index: number; name: string }[] = [];
  for (const name of names) {
    const match = /^events_(\d+)_/.exec(name);
    if (match) files.push({ index: Number(match[1]), name });
  }
  return files.toSorted((a, b) => a.index - b.index);
}

/** Whether the driver has closed the log: its application came to an end of its own, well or badly. */
export function isClosed(application: LoggedApplication, names: readonly string[]): boolean {
  if (!application.rolled) return !application.name.endsWith(inProgress);
  return names.some(name => name.startsWith('appstatus_') && !name.endsWith(inProgress));
}

/** What a file was compressed with, by its name: `spark.eventLog.compression.codec`. */
export const codecOf = (name: string): string | undefined => codec.exec(name)?.[1];

const withoutCodec = (name: string): string => name.replace(codec, '');

const rolledPrefix = 'eventlog_v2_';
const inProgress = '.inprogress';
const codec = /\.(zstd|lz4|lzf|snappy)(?=$|\.inprogress$)/;
