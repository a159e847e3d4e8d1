import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { launchMarker } from '../protocol/launchMarker.ts';
import { marksOf, wrappersOf } from './launch.ts';

export interface MarkedProcess {
  pid: number;
  /** its process group */
  group: number;
}

/**
 * Every live process of the launch in `folder`: those that carry its mark in their environment, in whatever group; those
 * without it that share a group with one that does; and what descends from one of these, unless it carries the mark of
 * another launch. A process id alone proves nothing, since ids are used again. Reads Linux's /proc; see proc(5).
 */
export function findMarked(folder: string): MarkedProcess[] {
  const marks = marksOf(folder);
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => readProcess(Number(name)) ?? []);
  const isOurs = (mark: string | undefined): boolean => mark !== undefined && marks.includes(mark);
  const groups = new Set(all.filter(({ mark }) => isOurs(mark)).map(({ group }) => group));
  const found = new Set(all.filter(({ group }) => groups.has(group)));
  const children = Map.groupBy(all, ({ parent }) => parent);
  // What is added to a set while it is walked is walked too.
  for (const { pid } of found) {
    for (const child of children.get(pid) ?? []) {
      if (child.mark === undefined || isOurs(child.mark)) found.add(child);
    }
  }
  return [...found].map(({ pid, group }) => ({ pid, group }));
}

/** Whether this process id belongs, now, to the launch in `folder`. A zombie doesn't count. */
export function isMarkedAlive(pid: number, folder: string): boolean {
  const mark = readProcess(pid)?.mark;
  return mark !== undefined && marksOf(folder).includes(mark);
}

/** The command line of a process, as one text; empty when it is gone. */
export function commandOf(pid: number): string {
  return (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ');
}

/**
 * Ends every process of a launch: politely, and after `grace` by force.
 * @param grace in milliseconds
 * @returns whether all are gone; false only when the kernel can't end one (a process in uninterruptible sleep), or this
 * user may not (one that runs as another user)
 */
export async function endMarked(folder: string, grace: number): Promise<boolean> {
  const started = performance.now();
  const limit = started + grace + 30_000;
  const told = new Set<number>();
  const refused = new Set<number>();
  let wasAlone = false;
  while (performance.now() < limit) {
    const left = findMarked(folder).map(({ pid }) => pid);
    if (left.every(pid => refused.has(pid))) return left.length === 0;
    const isForced = performance.now() - started >= grace;
    // What a wrapper has adopted would be init's without it. It ends by itself when it has no children left.
    const wrappers = wrappersOf(folder);
    const programs = left.filter(pid => !wrappers.includes(pid) && !refused.has(pid));
    const isAlone = programs.length === 0;
    const forced = isAlone && wasAlone ? left : programs;
    wasAlone = isAlone;
    for (const pid of isForced ? forced : left.filter(each => !told.has(each))) {
      if (!send(pid, isForced ? 'SIGKILL' : 'SIGTERM')) refused.add(pid);
      told.add(pid);
    }
    await delay(50);
  }
  return findMarked(folder).length === 0;
}

/** @returns false for a process of another user */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Otherwise it has ended between the look and the signal.
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
  return true;
}

interface LiveProcess extends MarkedProcess {
  parent: number;
  /** The folder of the launch that its environment names. */
  mark: string | undefined;
}

/** @returns undefined for one that is gone, or a zombie */
function readProcess(pid: number): LiveProcess | undefined {
  // The second field is the command's name in brackets and may hold anything, so what follows it counts.
  const fields = readProc(pid, 'stat')?.split(') ').at(-1)?.split(' ');
  const [state, parent, group] = fields ?? [];
  if (group === undefined || state === 'Z' || state === 'X') return undefined;
  const environment = `\0${readProc(pid, 'environ') ?? ''}`;
  const [, after] = environment.split(`\0${launchMarker}=`, 2);
  return { pid, group: Number(group), parent: Number(parent), mark: after?.split('\0', 1)[0] };
}

function readProc(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    // Gone, or another user's. Anything else, such as too many open files, says nothing about the process.
    if (error instanceof Error && 'code' in error && notOurs.has(String(error.code))) return undefined;
    throw error;
  }
}

const notOurs: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);
