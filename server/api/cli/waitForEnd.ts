import type { Batch } from '../../protocol/batch.ts';
import type { Cli, Tools } from './cli.ts';
import { followOnTerminal, readTelltaleLines } from './follow.ts';
import { formatEnding } from './format/batch.ts';

const exitOfInterrupt = 128 + 2;
/** npm passes Ctrl-C on to a program that the terminal has told of it already. */
const sameInterrupt = 1000;

/**
 * What `--wait` does: follows a batch to its end and returns its exit code. The first Ctrl-C kills the batch, a second
 * one leaves at once.
 */
export async function waitForEnd(
  cli: Cli,
  { backend, output }: Tools,
  submitted: Batch,
  options: { verbose: boolean },
): Promise<number> {
  let interruptedAt: number | undefined;
  const stopListening = cli.surroundings.onInterrupt(() => {
    const now = Date.now();
    if (interruptedAt === undefined) {
      interruptedAt = now;
      void output.note(`Killing batch ${submitted.id}; press Ctrl-C again to leave at once.`);
      // When this fails, the batch goes on and is followed on: Ctrl-C again leaves.
      backend
        .request('batch/kill', { id: submitted.id })
        .catch(error => output.note(`It could not be killed: ${String(error)}`));
    } else if (now - interruptedAt > sameInterrupt) {
      process.exit(exitOfInterrupt);
    }
  });
  try {
    const ended = await followOnTerminal(backend, submitted, output, options);
    await output.event({ event: 'ended', batch: ended });
    if (ended.state === 'dead' && !options.verbose && !output.json)
      await noteTelltaleLines({ backend, output }, ended);
    await output.note(formatEnding(ended, output.notePaint));
    return interruptedAt === undefined ? exitCodeOf(ended) : exitOfInterrupt;
  } finally {
    stopListening();
  }
}

/** 0 for success alone; otherwise the program's own code, or 1 when it left none. */
export function exitCodeOf(batch: Batch): number {
  if (batch.state === 'success') return 0;
  return batch.exitCode !== undefined && batch.exitCode > 0 ? batch.exitCode : 1;
}

async function noteTelltaleLines({ backend, output }: Tools, batch: Batch): Promise<void> {
  const lines = await readTelltaleLines(backend, batch.id);
  if (lines.length === 0) return;
  await output.note(
    output.notePaint('dim', `Of Spark's log (all of it: sparkdeck logs ${batch.id} --stream stderr):`),
  );
  for (const line of lines) await output.note(`  ${line}`);
}
