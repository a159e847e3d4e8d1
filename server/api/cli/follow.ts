import { isTerminal, type Batch, type BatchProgress } from '../../protocol/batch.ts';
import type { Stream } from '../../protocol/log.ts';
import { formatProgressLine } from './format/batch.ts';
import { telltaleLines } from './format/telltaleLines.ts';
import type { Output } from './output.ts';
import { passOutput, sinkOf, type OutputSink } from './passOutput.ts';
import type { SteadyBackend } from './steadyBackend.ts';

/** What is told of a batch while it is followed. */
export interface Follower {
  streams: Stream[];
  output: OutputSink;
  /** On each change of state or progress that could be seen; some may be skipped. */
  onChange(batch: Batch, progress: BatchProgress | undefined): void;
}

/** Follows a batch from its first byte of output to its end, and returns it as it ended. */
export async function followBatch(backend: SteadyBackend, id: number, follower: Follower): Promise<Batch> {
  const look = coalesce(async () => {
    const batch = await backend.request('batch/get', { id });
    const progress = batch.state === 'running' ? await backend.request('batch/progress', { id }) : undefined;
    follower.onChange(batch, progress);
  });
  backend.on('sparkdeck/changed', changed => {
    const isItsOwn = changed.id === id && (changed.topic === 'batch' || changed.topic === 'progress');
    if (isItsOwn || changed.topic === 'queue') look();
  });
  await backend.watch([id]);
  look();
  await passOutput(backend, id, { ...follower, follow: true });
  return backend.request('batch/await', { id });
}

/**
 * Follows a batch for a person or a program at the terminal: the program's output to stdout, Spark's log to stderr
 * when wanted, a live line where there is a terminal, JSON lines with --json.
 */
export async function followOnTerminal(
  backend: SteadyBackend,
  submitted: Batch,
  output: Output,
  options: { verbose: boolean },
): Promise<Batch> {
  let latest: { batch: Batch; progress: BatchProgress | undefined } = {
    batch: submitted,
    progress: undefined,
  };
  let over = false;
  const drawLine = (): void => {
    const { batch, progress } = latest;
    if (over || isTerminal(batch.state)) output.live.clear();
    else output.live.set(formatProgressLine(batch, progress, Date.now(), output.notePaint));
  };
  // The line counts the seconds also while nothing changes.
  const clock = output.live.visible ? setInterval(drawLine, 1000) : undefined;
  let told = 0;
  let toldProgress: string | undefined;
  try {
    return await followBatch(backend, submitted.id, {
      streams: options.verbose ? ['stdout', 'stderr'] : ['stdout'],
      output: sinkOf(output),
      onChange: (batch, progress) => {
        // An answer that was under way when the end came is old news.
        if (over) return;
        latest = { batch, progress };
        drawLine();
        for (const { state, at } of batch.transitions.slice(told)) {
          void output.event({ event: 'state', id: batch.id, state, at });
        }
        told = Math.max(told, batch.transitions.length);
        const progressNow = JSON.stringify(progress);
        if (progress && progressNow !== toldProgress) void output.event({ event: 'progress', ...progress });
        toldProgress = progressNow;
      },
    });
  } finally {
    over = true;
    clearInterval(clock);
    output.live.clear();
  }
}

/** Spark's own words on a failure, from the end of its log. */
export async function readTelltaleLines(backend: SteadyBackend, id: number): Promise<string[]> {
  const part = await backend.request('log/read', { id, tail: 64 * 1024, streams: ['stderr'] });
  return telltaleLines(part.chunks.map(chunk => chunk.text).join(''), 8);
}

/** Runs the work at once, and once more after it when it was asked for meanwhile. Its failures are met elsewhere. */
function coalesce(work: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      await work().catch(() => undefined);
    } while (again);
    running = false;
  };
  return () => {
    if (running) again = true;
    else void run();
  };
}
