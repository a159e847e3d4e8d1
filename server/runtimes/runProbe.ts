import { startProgram } from '../process/startProgram.ts';
import { killGroup } from './processGroup.ts';

/** What a program printed, or why it didn't serve, in a few words without a full stop. */
export type Ran = { ok: true; stdout: string; stderr: string } | { ok: false; reason: string };

/**
 * Runs a program that should answer at once. In the root folder, so that neither a `.python-version` nor a module of
 * the folder that the backend happened to be started in has a say.
 */
export async function runProbe(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeout = 30_000,
): Promise<Ran> {
  const child = begin(program, args, env);
  if (!child) return { ok: false, reason: "can't be started, since too many files are open (EMFILE)" };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    // With its children: a shim's child would keep the pipes open.
    if (child.pid !== undefined) killGroup(child.pid);
  }, timeout);
  const result = await child;
  clearTimeout(timer);
  if (!result.failed) return { ok: true, stdout: result.stdout, stderr: result.stderr };
  if (late) return { ok: false, reason: `gave no answer within ${timeout / 1000} s` };
  if (result.exitCode === undefined)
    return { ok: false, reason: `can't be started (${result.code ?? result.signal ?? 'unknown'})` };
  const complaint = firstLine(result.stderr) ?? firstLine(result.stdout) ?? 'without a word';
  return { ok: false, reason: `failed with exit code ${result.exitCode}: ${complaint.replace(/\.+$/, '')}` };
}

const options = {
  extendEnv: false,
  cwd: '/',
  stdin: 'ignore',
  reject: false,
  detached: true,
  cleanup: false,
} as const;

function begin(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  try {
    return startProgram(program, args, { ...options, env });
  } catch {
    return undefined;
  }
}

const firstLine = (text: string): string | undefined =>
  text
    .split('\n')
    .map(line => line.trim())
    .find(line => line !== '');
