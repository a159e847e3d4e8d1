import { Option } from 'commander';
import { batchStates, type Batch, type BatchState } from '../../protocol/batch.ts';
import type { Result } from '../../protocol/methods.ts';
import type { CliCommand } from './cli.ts';
import { formatBatches } from './format/batch.ts';
import type { SteadyBackend } from './steadyBackend.ts';

const usualCount = 20;
const pageSize = 500;

interface ListOptions {
  all?: boolean;
  state?: BatchState[];
}

export const list: CliCommand = (parent, cli) => {
  const command = parent
    .command('list')
    .description(`list the batches, newest first; the last ${usualCount} unless --all is given`)
    .option('--all', 'list all of them')
    .addOption(new Option('--state <states...>', 'only those in these states').choices(batchStates));
  cli.withCommonOptions(command).action(() =>
    cli.run(command, async ({ backend, output }) => {
      const { all, state } = command.opts<ListOptions>();
      const found = await readBatches(backend, all === true, state);
      await output.document(found);
      if (found.batches.length === 0) {
        await output.print('There are no batches. Submit one: sparkdeck submit FILE');
        return;
      }
      await output.print(formatBatches(found.batches, Date.now(), output.paint));
      if (found.batches.length < found.total) {
        await output.note(`${found.batches.length} of ${found.total}; --all lists all of them.`);
      }
    }),
  );
};

async function readBatches(
  backend: SteadyBackend,
  all: boolean,
  states: BatchState[] | undefined,
): Promise<Result<'batch/list'>> {
  const filter = states ? { states } : {};
  if (!all) return backend.request('batch/list', { ...filter, limit: usualCount });
  const batches: Batch[] = [];
  for (let before: number | undefined; ;) {
    const page = await backend.request('batch/list', {
      ...filter,
      limit: pageSize,
      ...(before !== undefined && { before }),
    });
    const { next, ...rest } = page;
    batches.push(...page.batches);
    if (next === undefined) return { ...rest, batches };
    before = next;
  }
}
