import type { Settings } from '../../protocol/settings.ts';
import { limitOf, positiveLimit } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { formatSettings } from './format/settings.ts';

interface SettingsOptions {
  maxRunning?: number | 'default';
  keepCount?: number | 'default';
  keepDays?: number | 'default';
  keepMegabytes?: number | 'default';
}

export const settings: CliCommand = (parent, cli) => {
  const command = parent
    .command('settings')
    .description('show how many batches may run and how long ended ones are kept, and change it')
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
  const { maxRunning, keepCount, keepDays, keepMegabytes } = options;
  const keepBytes = typeof keepMegabytes === 'number' ? Math.round(keepMegabytes * 2 ** 20) : keepMegabytes;
  const changes = Object.entries({ maxRunning, keepCount, keepDays, keepBytes }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  if (changes.length === 0) return undefined;
  const all = new Map<string, number | 'default'>([...Object.entries(current), ...changes]);
  return Object.fromEntries(
    [...all].flatMap(([name, value]) => (value === 'default' ? [] : [[name, value] as const])),
  );
}
