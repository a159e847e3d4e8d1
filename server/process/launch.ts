import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchMarker } from '../protocol/launchMarker.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import { adoptOrphans } from './adoptOrphans.ts';
import { isExhausted } from './isExhausted.ts';

/** What to run: a value, so that it can be shown, compared and tested. */
export interface Command {
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  workingFolder: string;
}

const wrapper = fileURLToPath(new URL('./launch.sh', import.meta.url));
/** Spark's scripts need it too. Looked for here, since a batch may have a PATH of its own. */
const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find(existsSync) ?? 'bash';
const blank = ' '.repeat(7) + '\n';

/**
 * Starts a command that outlives this process, in its own process group, with its output in `stdout.log` and
 * `stderr.log` of `folder` and its exit code in `exit`. Attempts count from 1; see `claimLaunch`.
 * @param onEnd is called when it ends while this process is still there to see it; with why it was never started, if so.
 * @throws SparkdeckError folder.unwritable, and what else keeps it from being started
 */
export function launch(
  command: Command,
  folder: string,
  attempt: number,
  onEnd: (failure?: Error) => void,
): void {
  const files = prepare(folder);
  try {
    const [program, ...args] = [...adoptOrphans(command.env['PYSPARK_DRIVER_PYTHON']), bash, '-p', wrapper];
    const child = spawn(
      program,
      [...args, claimFile(folder, attempt), exitFile(folder), command.program, ...command.args],
      {
        detached: true,
        stdio: ['ignore', files.stdout, 'ignore', files.stderr],
        env: { ...command.env, [launchMarker]: folder },
        cwd: command.workingFolder,
      },
    );
    child.once('error', error => {
      tellFailure(files.stderr, folder, error, command);
      onEnd(error);
    });
    child.once('exit', () => onEnd());
    child.unref();
  } finally {
    closeLater(files);
  }
}

/**
 * Takes a launch away from a wrapper that has not begun yet.
 * @returns whether nothing will run under this attempt: the caller may make another. False: it has begun.
 * @throws when that can't be settled, on a full disk
 */
export function claimLaunch(folder: string, attempt: number): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    symlinkSync(claimedByBackend, claimFile(folder, attempt));
    return true;
  } catch (error) {
    const holder = readClaim(folder, attempt);
    if (holder === undefined) throw error;
    return holder === claimedByBackend;
  }
}

/** When each launch of a folder began, in milliseconds since 1970. */
export function launchTimes(folder: string): number[] {
  return launchNames(folder).map(name => lstatSync(join(folder, name)).mtimeMs);
}

/** When the last launch of a folder began that wasn't taken away from it, in milliseconds since 1970. */
export function launchedAt(folder: string): number | undefined {
  const begun = launchNames(folder).filter(name => readLink(join(folder, name)) !== claimedByBackend);
  const times = begun.map(name => Math.floor(lstatSync(join(folder, name)).mtimeMs));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** None for a folder that isn't there, or not any more. */
function launchNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => /^pid-\d+$/.test(name));
  } catch {
    return [];
  }
}

/** The process group of a launch that has begun. */
export function readGroup(folder: string, attempt: number): number | undefined {
  const group = readClaim(folder, attempt)?.split(' ')[0];
  return group !== undefined && /^\d+$/.test(group) ? Number(group) : undefined;
}

/**
 * By what the processes of a folder's launches are marked: the folder, and where a launch was taken by processes that
 * were there before, the folder that these were launched in (a claim reads "GROUP FOLDER" then).
 */
export function marksOf(folder: string): string[] {
  const claims = launchNames(folder).flatMap(name => {
    const mark = /^\d+ (.+)$/s.exec(readLink(join(folder, name)) ?? '')?.[1];
    return mark === undefined ? [] : [mark];
  });
  return [folder, ...claims];
}

/** The processes that launched in a folder: each waits for its program, and then for what that left behind. */
export function wrappersOf(folder: string): number[] {
  return launchNames(folder).flatMap(name => {
    const group = /^\d+/.exec(readLink(join(folder, name)) ?? '')?.[0];
    return group === undefined ? [] : [Number(group)];
  });
}

/** The exit code of a launch that has ended and left word of it. Codes above 128 are 128 and a signal's number. */
export function readExit(folder: string): number | undefined {
  const text = readIfThere(exitFile(folder))?.trim();
  if (text === unbegun) return 126;
  return text && /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * Whether the wrapper of the last launch has ended without a claim, for want of space or processes: nothing has run, and
 * who takes the launch from it by `claimLaunch` may start it again.
 */
export function hasNotBegun(folder: string): boolean {
  return readIfThere(exitFile(folder))?.trim() === unbegun;
}

/** When a launch that has ended left word of it, in milliseconds since 1970. */
export function exitedAt(folder: string): number | undefined {
  return readExit(folder) === undefined ? undefined : Math.floor(statSync(exitFile(folder)).mtimeMs);
}

export const exitFile = (folder: string): string => join(folder, 'exit');
const claimedByBackend = 'backend';
/** As `launch.sh` writes it in the place of an exit code. */
const unbegun = 'unbegun';
export const claimFile = (folder: string, attempt: number): string => join(folder, `pid-${attempt}`);

function prepare(folder: string): { stdout: number; stderr: number } {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Of an attempt before this one, which has ended or was never begun.
    writeFileSync(exitFile(folder), blank);
    const stdout = openSync(join(folder, 'stdout.log'), 'a', 0o600);
    try {
      return { stdout, stderr: openSync(join(folder, 'stderr.log'), 'a', 0o600) };
    } catch (error) {
      closeSync(stdout);
      throw error;
    }
  } catch (error) {
    throw new SparkdeckError(
      'folder.unwritable',
      `The folder ${folder} can't be written: ${messageOf(error)}. Free some space or mend its permissions, then try again.`,
      { cause: error },
    );
  }
}

/** Not before the error event of a failed spawn, which still writes to them. */
function closeLater(files: { stdout: number; stderr: number }): void {
  setImmediate(() => {
    closeSync(files.stdout);
    closeSync(files.stderr);
  });
}

/** For whoever looks at the exit code and the log. On a full disk neither can be told. */
function tellFailure(
  stderr: number,
  folder: string,
  error: Error,
  { program, workingFolder }: Command,
): void {
  const isFolderGone = !isExhausted(error) && !existsSync(workingFolder);
  const why = isFolderGone ? `its working folder ${workingFolder} is gone` : messageOf(error);
  try {
    writeFileSync(stderr, `sparkdeck: could not start ${program}: ${why}\n`);
    writeFileSync(exitFile(folder), '127    \n');
  } catch {
    // That it isn't there any more is seen all the same.
  }
}

function readClaim(folder: string, attempt: number): string | undefined {
  return readLink(claimFile(folder, attempt));
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
