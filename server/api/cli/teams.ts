import type { Command } from 'commander';
import type { Quota, Team } from '../../protocol/team.ts';
import { memoryLimit, positiveLimit } from './argumentParsers.ts';
import type { Cli, CliCommand } from './cli.ts';
import { formatTable } from './format/table.ts';

interface QuotaOptions {
  batches?: number | 'default';
  cores?: number | 'default';
  memory?: string;
}

export const teams: CliCommand = (parent, cli) => {
  const group = parent.command('teams').description('the teams, what they use and what they may use');
  list(group, cli);
  quota(group, cli);
};

function list(group: Command, cli: Cli): void {
  const command = group.command('list', { isDefault: true }).description('list the teams');
  cli.withCommonOptions(command).action(() =>
    cli.run(command, async ({ backend, output }) => {
      const found = await backend.request('team/list', {});
      await output.document(found);
      if (found.teams.length === 0) {
        await output.print(
          'There are no teams. The first token makes one: sparkdeck tokens create --team TEAM --role submitter',
        );
        return;
      }
      const columns = ['TEAM', 'BATCHES', 'CORES', 'MEMORY'].map(title => ({ title }));
      await output.print(formatTable(columns, found.teams.map(row), output.paint));
    }),
  );
}

function quota(group: Command, cli: Cli): void {
  const command = group
    .command('quota')
    .description('set what the running batches of a team may use together; what is over it waits')
    .argument('<team>', "the team's name")
    .option('--batches <count>', 'that run at once; "default": any number', positiveLimit)
    .option('--cores <count>', 'of drivers and executors; "default": any number', positiveLimit)
    .option('--memory <size>', 'of drivers and executors, such as 8g; "default": any amount', memoryLimit);
  cli.withCommonOptions(command).action((name: string) =>
    cli.run(command, async ({ backend, output }) => {
      const options = command.opts<QuotaOptions>();
      const { teams } = await backend.request('team/list', {});
      const now = teams.find(team => team.name === name)?.quota ?? {};
      const team = await backend.request('team/quota', { team: name, quota: changedQuota(now, options) });
      await output.document(team);
      await output.print(
        formatTable(
          ['TEAM', 'BATCHES', 'CORES', 'MEMORY'].map(title => ({ title })),
          [row(team)],
          output.paint,
        ),
      );
    }),
  );
}

/** The quota with what was given changed. */
export function changedQuota(now: Quota, { batches, cores, memory }: QuotaOptions): Quota {
  const next = { ...now };
  if (batches === 'default') delete next.batches;
  else if (batches !== undefined) next.batches = batches;
  if (cores === 'default') delete next.cores;
  else if (cores !== undefined) next.cores = cores;
  if (memory === 'default') delete next.memory;
  else if (memory !== undefined) next.memory = memory;
  return next;
}

function row({ name, quota, usage }: Team): string[] {
  return [
    name,
    `${usage.batches} of ${limitText(quota.batches)}`,
    `${usage.cores} of ${limitText(quota.cores)}`,
    `${(usage.memory / 2 ** 30).toFixed(1)}g of ${limitText(quota.memory)}`,
  ];
}

const limitText = (limit: number | string | undefined): string =>
  limit === undefined ? 'any' : String(limit);
