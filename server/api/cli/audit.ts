import type { AuditEntry } from '../../protocol/team.ts';
import { wholeNumber } from './argumentParsers.ts';
import type { CliCommand } from './cli.ts';
import { formatTable } from './format/table.ts';
import { formatTime } from './format/time.ts';

const usualCount = 50;

interface AuditOptions {
  team?: string;
  limit: number;
  before?: number;
}

export const audit: CliCommand = (parent, cli) => {
  const command = parent
    .command('audit')
    .description(`show who did what, the newest first; the last ${usualCount} unless --limit says more`)
    .option('--team <team>', 'only what was done for this team')
    .option('--limit <count>', 'how many, 1000 at most', wholeNumber(1), usualCount)
    .option('--before <id>', 'go on below this entry', wholeNumber(1));
  cli.withCommonOptions(command).action(() =>
    cli.run(command, async ({ backend, output }) => {
      const { team, limit, before } = command.opts<AuditOptions>();
      const found = await backend.request('audit/list', {
        limit,
        ...(team !== undefined && { team }),
        ...(before !== undefined && { before }),
      });
      await output.document(found);
      if (found.entries.length === 0) return output.print('Nothing was done yet.');
      const columns = ['ENTRY', 'TIME', 'WHO', 'TEAM', 'WHAT', 'TO', 'OUTCOME'].map(title => ({ title }));
      await output.print(formatTable(columns, found.entries.map(row), output.paint));
    }),
  );
};

function row({ id, at, who, team, action, subject, outcome }: AuditEntry): string[] {
  return [String(id), formatTime(at), who, team ?? '', action, subject ?? '', outcome];
}
