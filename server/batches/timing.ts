import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { isTerminal, type Batch } from '../protocol/batch.ts';
import { StartWay, timingSteps, type BatchTiming, type TimingStep } from '../protocol/timing.ts';
import { exitedAt, launchedAt } from '../process/launch.ts';
import type { MilestoneTimes } from './progress/milestones.ts';

/**
 * Beside the logs, for whoever asks later how the driver was started.
 * @param fallback why it isn't started in a faster way: for the head of the batch's log
 */
export function writeWay(folder: string, way: StartWay, fallback?: string): void {
  const isFirst = readWay(folder) === undefined;
  writeFileSync(join(folder, fileName), JSON.stringify(way), { mode: 0o600 });
  if (fallback === undefined || !isFirst) return;
  const line = `sparkdeck: ${fallback}\n`;
  appendFileSync(join(folder, 'stderr.log'), line, { mode: 0o600 });
}

/** Undefined for a batch that hasn't started, or was started by a version that wrote none. */
export function readWay(folder: string): StartWay | undefined {
  try {
    return Value.Parse(StartWay, JSON.parse(readFileSync(join(folder, fileName), 'utf8')));
  } catch {
    return undefined;
  }
}

/** What is known of a batch's times: by its states, by its folder, and by the `milestones` of its event log. */
export function readTiming(
  { folder, transitions }: Pick<Batch, 'folder' | 'transitions'>,
  milestones: MilestoneTimes,
): BatchTiming {
  const way = readWay(folder);
  const process = { launched: launchedAt(folder), exit: exitedAt(folder) };
  return { ...(way && { way }), steps: timingOf(transitions, process, milestones) };
}

/** The steps by time. A warm driver has its JVM ready before it takes the launch. */
export function timingOf(
  transitions: Batch['transitions'],
  process: { launched: number | undefined; exit: number | undefined },
  { lastTask, ...milestones }: MilestoneTimes,
): TimingStep[] {
  const told = transitions.find(({ state }) => isTerminal(state))?.at;
  const isOver = told !== undefined || milestones.contextEnd !== undefined;
  const times: Partial<Record<TimingStep['step'], number | undefined>> = {
    ...milestones,
    ...process,
    accepted: transitions[0]?.at,
    // Until then there may come another one.
    lastTask: isOver ? lastTask : undefined,
    told,
  };
  return timingSteps
    .flatMap(step => {
      const at = times[step];
      return at === undefined ? [] : [{ step, at }];
    })
    .toSorted((a, b) => a.at - b.at);
}

const fileName = 'start.json';
