import { Option } from 'commander';
import type { Settings } from '../../protocol/settings.ts';
import { limitOf, positiveLimit } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { formatSettings } from './format/settings.ts';

interface SettingsOptions {
  maxRunning?: number | 'default';
  keepCount?: number | 'default';
  keepDays?: number | 'default';
  keepMegabytes?: number | 'default';
  uploadMegabytes?: number | 'default';
  warmDrivers?: number | 'default';
  directLaunch?: 'on' | 'off' | 'default';
  classSharing?: 'on' | 'off' | 'default';
}

export const settings: CliCommand = (parent, cli) => {
  const command = parent
    .command('settings')
    .description('show how batches are run and how long ended ones are kept, and change it')
    .option(
      '--max-running <count>',
      'batches that run at once; "default": as many as there are cores',
      positiveLimit,
    )
    .option(
      '--keep-count <count>',
      'ended batches kept, the newest; "default": all of them',
      limitOf('whole'),
    )
    .option(
      '--keep-days <days>',
      'days for which an ended batch is kept; "default": for ever',
      limitOf('any'),
    )
    .option(
      '--keep-megabytes <size>',
      'megabytes that the logs of ended batches may take; "default": without limit',
      limitOf('any'),
    )
    .option(
      '--upload-megabytes <size>',
      'megabytes that the uploaded files of a team may take; "default": 20480',
      limitOf('any'),
    )
    .option(
      '--warm-drivers <count>',
      'drivers kept ready for the next run of a .py; "default": 1, or 0 on a small machine',
      limitOf('whole'),
    )
    .addOption(
      new Option(
        '--direct-launch <how>',
        'start drivers without spark-submit\'s own JVM; "default": on',
      ).choices(switches),
    )
    .addOption(
      new Option(
        '--class-sharing <how>',
        'start JVMs with an archive of parsed classes, made while nothing runs; "default": on',
      ).choices(switches),
    );
  cli.withCommonOptions(command).action(() =>
    cli.run(command, async ({ backend, output }) => {
      const options = command.opts<SettingsOptions>();
      const current = await backend.request('settings/get', {});
      const changed = changedSettings(current, options);
      const now = changed ? await backend.request('settings/set', changed) : current;
      await output.document(now);
      await output.print(formatSettings(now, output.paint));
    }),
  );
};

/** Undefined when no option was given. */
export function changedSettings(current: Settings, options: SettingsOptions): Settings | undefined {
  const { maxRunning, keepCount, keepDays, keepMegabytes, uploadMegabytes, warmDrivers } = options;
  const changes = Object.entries({
    maxRunning,
    keepCount,
    keepDays,
    keepBytes: inBytes(keepMegabytes),
    uploadBytes: inBytes(uploadMegabytes),
    warmDrivers,
    directLaunch: switched(options.directLaunch),
    classSharing: switched(options.classSharing),
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  if (changes.length === 0) return undefined;
  const all = new Map<string, number | boolean | 'default'>([...Object.entries(current), ...changes]);
  return Object.fromEntries(
    [...all].flatMap(([name, value]) => (value === 'default' ? [] : [[name, value] as const])),
  );
}

function inBytes(megabytes: number | 'default' | undefined): number | 'default' | undefined {
  return typeof megabytes === 'number' ? Math.round(megabytes * 2 ** 20) : megabytes;
}

const switches = ['on', 'off', 'default'];

function switched(how: 'on' | 'off' | 'default' | undefined): boolean | 'default' | undefined {
  return how === 'on' ? true : how === 'off' ? false : how;
}
