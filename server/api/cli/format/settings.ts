import type { Settings } from '../../../protocol/settings.ts';
import type { Paint } from '../output.ts';
import { formatFields } from './table.ts';

/** What holds for the data folder, with what is so where nothing was set. */
export function formatSettings(
  { maxRunning, keepCount, keepDays, keepBytes, uploadBytes, ...start }: Settings,
  paint: Paint,
): string {
  return formatFields(
    [
      ['Batches that run at once', maxRunning?.toString() ?? 'default: the number of cores, at least 2'],
      ['Ended batches kept', keepCount?.toString() ?? 'default: all'],
      ['Days they are kept', keepDays?.toString() ?? 'default: for ever'],
      ['Megabytes their logs may take', inMegabytes(keepBytes) ?? 'default: without limit'],
      ['Megabytes a team may upload', inMegabytes(uploadBytes) ?? 'default: 20480'],
      ['Drivers kept warm', start.warmDrivers?.toString() ?? 'default: 1, or 0 on a small machine'],
      ['Direct launch', onOff(start.directLaunch)],
      ['Class sharing', onOff(start.classSharing)],
    ],
    paint,
  );
}

function inMegabytes(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : Number((bytes / 2 ** 20).toFixed(2)).toString();
}

function onOff(value: boolean | undefined): string {
  return value === undefined ? 'default: on' : value ? 'on' : 'off';
}
