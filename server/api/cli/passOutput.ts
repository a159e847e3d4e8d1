import { copyOutputFiles } from '../../client/outputFiles.ts';
import type { LogPosition, Stream } from '../../protocol/log.ts';
import { lastLines } from './format/lastLines.ts';
import type { Output } from './output.ts';
import type { SteadyBackend } from './steadyBackend.ts';

const firstTail = 64 * 1024;
const largestTail = 64 * 1024 * 1024;

/** Takes a batch's output: as bytes where it can, as text for JSON and where the files can't be read. */
export interface OutputSink {
  onText(stream: Stream, text: string): Promise<void>;
  onBytes?: (stream: Stream, bytes: Uint8Array) => Promise<void>;
}

export interface PassOptions {
  streams: Stream[];
  output: OutputSink;
  /** Only so many of the last lines of each, and what comes after them. */
  tail?: number | undefined;
  /** Go on until the batch ends. */
  follow: boolean;
}

/** Where a command's output goes. @param all for both streams of the batch; each has its own unless given */
export function sinkOf(output: Output, all?: 'stdout'): OutputSink {
  if (output.json) {
    return { onText: (stream, text) => output.event({ event: 'output', stream, text }) };
  }
  const write = (stream: Stream, text: string | Uint8Array): Promise<void> =>
    output.write(all ?? stream, text);
  return { onText: write, onBytes: write };
}

/** Passes on a batch's output, to its end so far or to the batch's end. */
export async function passOutput(backend: SteadyBackend, id: number, options: PassOptions): Promise<void> {
  const { streams, output, tail, follow } = options;
  const start: LogPosition = { stdout: 0, stderr: 0 };
  let hasBegun = false;
  let from: LogPosition | undefined = start;
  if (output.onBytes) {
    const write = output.onBytes;
    from = await copyOutputFiles({
      streams,
      from: start,
      tail,
      follow,
      ask: position => backend.request('log/files', { id, from: position, streams, wait: follow }),
      write: (stream, bytes) => {
        hasBegun = true;
        return write(stream, bytes);
      },
    });
  }
  if (!from) return;
  if (tail !== undefined && !hasBegun) from = await passTail(backend, id, tail, options);
  await passTexts(backend, id, { ...options, from });
}

async function passTexts(
  backend: SteadyBackend,
  id: number,
  { from: start, streams, output, follow }: PassOptions & { from: LogPosition },
): Promise<LogPosition> {
  for (let from = start; ;) {
    const part = await backend.request('log/read', { id, from, streams, wait: follow });
    for (const { stream, text } of part.chunks) await output.onText(stream, text);
    if (part.ended || (!follow && part.chunks.length === 0)) return part.next;
    from = part.next;
  }
}

/** Passes on the last lines of each stream. @returns where to go on */
async function passTail(
  backend: SteadyBackend,
  id: number,
  lines: number,
  { streams, output }: PassOptions,
): Promise<LogPosition> {
  for (let tail = firstTail; ; tail *= 4) {
    const texts: Record<Stream, string> = { stdout: '', stderr: '' };
    const onText = async (stream: Stream, text: string): Promise<void> => void (texts[stream] += text);
    const first = await backend.request('log/read', { id, tail, streams });
    for (const { stream, text } of first.chunks) await onText(stream, text);
    const rest = { streams, output: { onText }, follow: false, from: first.next };
    const next = await passTexts(backend, id, rest);
    const isEnough = streams.every(stream => texts[stream].split('\n').length > lines + 1);
    if (!isEnough && first.skipped > 0 && tail < largestTail) continue;
    for (const stream of streams) {
      const text = lastLines(texts[stream], lines);
      if (text !== '') await output.onText(stream, text);
    }
    return next;
  }
}
