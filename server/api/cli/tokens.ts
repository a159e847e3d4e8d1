import { Option, type Command } from 'commander';
import { roles, type Role } from '../../protocol/team.ts';
import { batchId } from './argumentParsers.ts';
import type { Cli, CliCommand } from './cli.ts';
import { formatTable } from './format/table.ts';
import { formatTime } from './format/time.ts';

export const tokens: CliCommand = (parent, cli) => {
  const group = parent.command('tokens').description('the tokens for the interface over HTTP');
  create(group, cli);
  list(group, cli);
  revoke(group, cli);
};

function create(group: Command, cli: Cli): void {
  const command = group
    .command('create')
    .description('make a token and print it; it is not shown again')
    .option('--team <team>', 'for what belongs to this team alone; all teams without it')
    .addOption(
      new Option('--role <role>', 'a viewer looks, a submitter runs batches, an admin also has clusters')
        .choices(roles)
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'whose it is, or what for');
  cli.withCommonOptions(command).action(() =>
    cli.run(command, async ({ backend, output }) => {
      const { team, role, name } = command.opts<{ team?: string; role: Role; name?: string }>();
      const made = await backend.request('token/create', {
        role,
        ...(team !== undefined && { team }),
        ...(name !== undefined && { name }),
      });
      await output.document(made);
      await output.print(made.token);
      await output.note(
        `This is token ${made.entry.id}: ${role} of ${team ?? 'all teams'}. Keep it: it isn't shown again.`,
      );
    }),
  );
}

function list(group: Command, cli: Cli): void {
  const command = group
    .command('list', { isDefault: true })
    .description('list the tokens, without what they are');
  cli.withCommonOptions(command).action(() =>
    cli.run(command, async ({ backend, output }) => {
      const found = await backend.request('token/list', {});
      await output.document(found);
      if (found.tokens.length === 0) {
        await output.print(
          'There are no tokens. Make one: sparkdeck tokens create --team TEAM --role submitter',
        );
        return;
      }
      const rows = found.tokens.map(token => [
        String(token.id),
        token.name ?? '',
        token.team ?? 'all',
        token.role,
        formatTime(token.createdAt),
        token.revokedAt === undefined ? '' : `revoked ${formatTime(token.revokedAt)}`,
      ]);
      const columns = ['ID', 'NAME', 'TEAM', 'ROLE', 'MADE', ''].map(title => ({ title }));
      await output.print(formatTable(columns, rows, output.paint));
    }),
  );
}

function revoke(group: Command, cli: Cli): void {
  const command = group
    .command('revoke')
    .description('have a token hold no more, at once')
    .argument('<id>', 'its number, as listed', batchId);
  cli.withCommonOptions(command).action((id: number) =>
    cli.run(command, async ({ backend, output }) => {
      const revoked = await backend.request('token/revoke', { id });
      await output.document(revoked);
      await output.print(`Token ${id} holds no more.`);
    }),
  );
}
