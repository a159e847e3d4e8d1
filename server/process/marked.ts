import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { launchMarker } from '../protocol/launchMarker.ts';
import { marksOf } from './launch.ts';

export interface MarkedProcess {
  pid: number;
  /** its process group */
  group: number;
}

/**
 * Every live process of the launch in `folder`: those that carry its mark in their environment, in whatever group, and
 * those without it that share a group with one that does. A process id alone proves nothing, since ids are used again.
 * Reads Linux's /proc; see proc(5).
 */
export function findMarked(folder: string): MarkedProcess[] {
  const marks = marksOf(folder);
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const pid = Number(name);
      const group = liveGroup(pid);
      return group === undefined ? [] : [{ pid, group, marked: isMarked(pid, marks) }];
    });
  const groups = new Set(all.filter(each => each.marked).map(each => each.group));
  return all.filter(each => groups.has(each.group)).map(({ pid, group }) => ({ pid, group }));
}

/** Whether this process id belongs, now, to the launch in `folder`. A zombie doesn't count. */
export function isMarkedAlive(pid: number, folder: string): boolean {
  return isMarked(pid, marksOf(folder)) && liveGroup(pid) !== undefined;
}

/** The command line of a process, as one text; empty when it is gone. */
export function commandOf(pid: number): string {
  return (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ');
}

/**
 * Ends every process of a launch: politely, and after `grace` by force.
 * @param grace in milliseconds
 * @returns whether all are gone; false only when the kernel can't end one (a process in uninterruptible sleep).
 */
export async function endMarked(folder: string, grace: number): Promise<boolean> {
  const started = performance.now();
  const limit = started + grace + 30_000;
  let signal: NodeJS.Signals = 'SIGTERM';
  let told = new Set<number>();
  while (performance.now() < limit) {
    const left = findMarked(folder);
    if (left.length === 0) return true;
    if (signal === 'SIGTERM' && performance.now() - started >= grace) {
      signal = 'SIGKILL';
      told = new Set();
    }
    for (const { pid } of left) {
      if (signal === 'SIGKILL' || !told.has(pid)) send(pid, signal);
      told.add(pid);
    }
    await delay(50);
  }
  return findMarked(folder).length === 0;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended between the look and the signal.
  }
}

function isMarked(pid: number, marks: readonly string[]): boolean {
  const environment = `\0${readProc(pid, 'environ') ?? ''}`;
  return marks.some(mark => environment.includes(`\0${launchMarker}=${mark}\0`));
}

function liveGroup(pid: number): number | undefined {
  // The second field is the command's name in brackets and may hold anything, so what follows it counts.
  const fields = readProc(pid, 'stat')?.split(') ').at(-1)?.split(' ');
  const [state, , group] = fields ?? [];
  return group === undefined || state === 'Z' || state === 'X' ? undefined : Number(group);
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
