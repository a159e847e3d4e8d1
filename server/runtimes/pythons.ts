import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Python } from '../protocol/runtime.ts';
import type { ProbeCache } from './probeCache.ts';
import { runProbe } from './runProbe.ts';

export type FoundPython = Python & {
  /** the folder of its installation or virtual environment */
  prefix: string;
  /** the folders that it imports from */
  searchPath: readonly string[];
  /** whether `python -m venv` can put pip into a new environment */
  makesVenvs: boolean;
};

/** A Python, or why there is none. */
export type PythonAnswer = { python: Omit<FoundPython, 'source'> } | { reason: string };

/**
 * Pythons in the order in which they are preferred: PYSPARK_PYTHON, then `python3`, `python3.NN` (newest first) and
 * `python` in each folder of PATH. What doesn't run (a pyenv shim without a version) is left out.
 */
export async function findPythons(
  env: NodeJS.ProcessEnv,
  cache: ProbeCache<PythonAnswer>,
): Promise<{ pythons: FoundPython[]; badPysparkPython?: string }> {
  const [fromEnv, fromPath] = await Promise.all([
    env.PYSPARK_PYTHON ? inspectPython(env.PYSPARK_PYTHON, env, cache) : undefined,
    probeAll(await programsOnPath(env), env, cache),
  ]);
  const pythons = [...named(fromEnv ? [fromEnv] : [], 'PYSPARK_PYTHON'), ...named(fromPath, 'PATH')];
  return {
    pythons: pythons.filter(
      (python, index) => pythons.findIndex(other => samePython(python, other)) === index,
    ),
    ...(fromEnv && 'reason' in fromEnv && { badPysparkPython: fromEnv.reason }),
  };
}

/** @param wanted an absolute path, one that begins with `~/`, or a name on PATH */
export async function inspectPython(
  wanted: string,
  env: NodeJS.ProcessEnv,
  cache: ProbeCache<PythonAnswer>,
): Promise<PythonAnswer> {
  const program = await locate(wanted, env);
  if (program === undefined)
    return {
      reason: wanted.includes('/')
        ? `There is no program ${wanted}; give an absolute path or a name on PATH.`
        : `There is no program ${wanted} on PATH.`,
    };
  return ask(program, env, cache);
}

export function ask(
  program: string,
  env: NodeJS.ProcessEnv,
  cache: ProbeCache<PythonAnswer>,
): Promise<PythonAnswer> {
  return cache.get(program, async () => {
    const ran = await runProbe(program, ['-c', question], env);
    if (!ran.ok) return { reason: `${program} ${ran.reason}.` };
    const told = parseAnswer(ran.stdout);
    return told ? { python: told } : { reason: `${program} is not a Python: it doesn't tell its version.` };
  });
}

/** Runs on Python 2 too, so that one that is too old is told from one that is broken. */
const question = `
import json, sys
try:
    from importlib.util import find_spec
    venvs = all(find_spec(name) is not None for name in ("venv", "ensurepip"))
except ImportError:
    venvs = False
print(json.dumps({
    "path": sys.executable,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "prefix": sys.prefix,
    "searchPath": [folder for folder in sys.path if folder],
    "makesVenvs": venvs,
}))
`;

const Answer = Type.Object({
  path: Type.String({ minLength: 1 }),
  version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$' }),
  prefix: Type.String(),
  searchPath: Type.Array(Type.String()),
  makesVenvs: Type.Boolean(),
});

/** The last line alone counts: a sitecustomize may have printed before. */
function parseAnswer(stdout: string): Omit<FoundPython, 'source'> | undefined {
  try {
    const answer: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    return Value.Check(Answer, answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

async function locate(wanted: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const expanded = wanted.startsWith('~/') && env.HOME ? join(env.HOME, wanted.slice(2)) : wanted;
  const candidates = isAbsolute(expanded)
    ? [expanded]
    : expanded.includes('/')
      ? []
      : foldersOnPath(env).map(folder => join(folder, expanded));
  for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
  return undefined;
}

async function programsOnPath(env: NodeJS.ProcessEnv): Promise<string[]> {
  const folders = foldersOnPath(env);
  const entries = await Promise.all(folders.map(folder => readdir(folder).catch((): string[] => [])));
  const programs = folders.flatMap((folder, index) =>
    (entries[index] ?? [])
      .filter(name => pythonName.test(name))
      .toSorted((a, b) => rank(a) - rank(b))
      .map(name => join(folder, name)),
  );
  const runnable = await Promise.all(programs.map(isProgram));
  return programs.filter((_, index) => runnable[index]);
}

const pythonName = /^python(3(\.\d+)?)?$/;

/** `python3` first, then the newest minor version, `python` last. */
function rank(name: string): number {
  if (name === 'python3') return -1;
  if (name === 'python') return 1000;
  return 999 - Number(name.slice('python3.'.length));
}

const foldersOnPath = (env: NodeJS.ProcessEnv): string[] => [
  ...new Set((env.PATH ?? '').split(delimiter).filter(folder => isAbsolute(folder))),
];

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A few at a time: each is a process that reads a whole standard library. */
async function probeAll(
  programs: readonly string[],
  env: NodeJS.ProcessEnv,
  cache: ProbeCache<PythonAnswer>,
): Promise<PythonAnswer[]> {
  const answers: PythonAnswer[] = [];
  const queue = [...programs.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, program] = next;
      answers[index] = await ask(program, env, cache);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return answers;
}

/** `python`, `python3` and `python3.11` of one folder are mostly one Python, which is listed once. */
export const samePython = (a: Installation, b: Installation): boolean =>
  a.prefix === b.prefix && a.version === b.version;

type Installation = Pick<FoundPython, 'prefix' | 'version'>;

const named = (answers: readonly PythonAnswer[], source: string): FoundPython[] =>
  answers.flatMap(answer => ('python' in answer ? { ...answer.python, source } : []));
