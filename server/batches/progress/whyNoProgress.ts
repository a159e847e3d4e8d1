import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { textIfThere } from '../../store/regularFile.ts';
import { parseProperties } from '../parseProperties.ts';

/** What the settings that a batch was launched with say of its event log and its driver's page. */
export interface Watchable {
  /** Why its event log can't be read here; undefined when it is where Sparkdeck reads it. */
  why: string | undefined;
  hasUi: boolean;
}

/** @param folder that of the batch, with the properties file of its launch */
export function watchable(folder: string): Watchable {
  const conf = parseProperties(textIfThere(join(folder, 'spark.conf')));
  return { why: whyElsewhere(conf, folder), hasUi: !isOff(conf['spark.ui.enabled']) };
}

/** Why jobs and stages aren't known of a log that is compressed so. */
export const whyUnreadable = (codec: string): string =>
  `Its jobs and stages are not known: its event log is compressed with ${codec}, which cannot be read here. ` +
  'Run it without spark.eventLog.compress, or with spark.eventLog.compression.codec=zstd.';

export const whyBroken =
  'Not all of its jobs and stages are known: its event log is damaged. Run it without spark.eventLog.compress.';

/** Of one whose settings don't say it: its code does. */
export const whySilent =
  'Its jobs and stages are not known: its program turns the event log off or keeps it elsewhere. ' +
  'Remove spark.eventLog.enabled and spark.eventLog.dir from its code.';

const isOff = (value = ''): boolean => value.trim().toLowerCase() === 'false';

function whyElsewhere(conf: Readonly<Record<string, string>>, folder: string): string | undefined {
  if (isOff(conf['spark.eventLog.enabled'])) {
    return 'Its jobs and stages are not known: its event log is off. Run it without spark.eventLog.enabled=false.';
  }
  const place = conf['spark.eventLog.dir']?.trim();
  const own = join(folder, 'events');
  if (place === undefined || place === own || place === pathToFileURL(own).href) return undefined;
  return 'Its jobs and stages are not known: its event log is kept in another folder. Run it without spark.eventLog.dir.';
}
